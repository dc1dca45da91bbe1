/* SPDX-License-Identifier: MIT */
/*
 * Included before everything else (cc -include) where the real seam is
 * compiled for a program that has both: the seam's functions by other names.
 */
#ifndef ONCERING_TOOL_SEAM_NAMES_H
#define ONCERING_TOOL_SEAM_NAMES_H

#define once_port_open real_port_open
#define once_port_close real_port_close
#define once_port_fd real_port_fd
#define once_port_adopt real_port_adopt
#define once_port_release real_port_release
#define once_port_enter real_port_enter
#define once_port_now real_port_now
#define once_port_eventfd_register real_port_eventfd_register
#define once_port_eventfd_unregister real_port_eventfd_unregister
#define once_port_eventfd_toggle real_port_eventfd_toggle
#define once_port_eventfd_enabled real_port_eventfd_enabled
#define once_port_eventfd_signal real_port_eventfd_signal

#endif

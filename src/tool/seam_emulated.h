/* SPDX-License-Identifier: MIT */
/*
 * Included before everything else (cc -include) where the emulated seam is
 * compiled for a program that has both: the seam's functions by other names.
 */
#ifndef ONCERING_TOOL_SEAM_NAMES_H
#define ONCERING_TOOL_SEAM_NAMES_H

#define once_port_open emulated_port_open
#define once_port_close emulated_port_close
#define once_port_fd emulated_port_fd
#define once_port_adopt emulated_port_adopt
#define once_port_release emulated_port_release
#define once_port_enter emulated_port_enter
#define once_port_now emulated_port_now
#define once_port_eventfd_register emulated_port_eventfd_register
#define once_port_eventfd_unregister emulated_port_eventfd_unregister
#define once_port_eventfd_toggle emulated_port_eventfd_toggle
#define once_port_eventfd_enabled emulated_port_eventfd_enabled
#define once_port_eventfd_signal emulated_port_eventfd_signal

#endif

/* SPDX-License-Identifier: MIT */
/* src/port.h, forwarded to the real seam or to the emulated one. */
#include "seam.h"

#include "../port.h"

static bool emulated_selected;

void seam_select(bool emulated)
{
	emulated_selected = emulated;
}

#define FORWARD(type, name, parameters, arguments) \
	type real_##name parameters; \
	type emulated_##name parameters; \
	type once_##name parameters \
	{ \
		return emulated_selected ? emulated_##name arguments : real_##name arguments; \
	} \
	type once_##name parameters

#define FORWARD_VOID(name, parameters, arguments) \
	void real_##name parameters; \
	void emulated_##name parameters; \
	void once_##name parameters \
	{ \
		if (emulated_selected) \
			emulated_##name arguments; \
		else \
			real_##name arguments; \
	} \
	void once_##name parameters

FORWARD(int, port_open,
	(struct once_port *port, const struct once_config *config, uint32_t entries,
	 struct once_port_view *view), (port, config, entries, view));
FORWARD_VOID(port_close, (struct once_port *port), (port));
FORWARD(int, port_fd, (const struct once_port *port), (port));
FORWARD_VOID(port_adopt, (struct once_port *port), (port));
FORWARD_VOID(port_release, (struct once_port *port), (port));
FORWARD(int, port_enter,
	(const struct once_port *port, uint32_t count, uint32_t least, uint32_t flags,
	 const struct once_timespec *timeout, const void *sigmask),
	(port, count, least, flags, timeout, sigmask));
FORWARD(uint64_t, port_now, (void), ());
FORWARD(int, port_eventfd_register, (struct once_port *port, int fd, bool async), (port, fd, async));
FORWARD(int, port_eventfd_unregister, (struct once_port *port), (port));
FORWARD(int, port_eventfd_toggle, (struct once_port *port, bool enabled), (port, enabled));
FORWARD(bool, port_eventfd_enabled, (const struct once_port *port), (port));
FORWARD_VOID(port_eventfd_signal, (int fd), (fd));

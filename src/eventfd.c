/* SPDX-License-Identifier: MIT */
/*
 * Eventfd, with the drain rule built in: whoever starts to listen is woken for
 * what is there already, since the kernel replays no signal.
 */
#include "ring.h"

/* Signal the eventfd if there is something to deliver, or to fetch. */
/*@ requires ring: once_readable(ring) && ring->open != 0;
    assigns \nothing; */
static void signal_if_due(const struct once_ring *ring)
{
	if (ring->eventfd >= 0 &&
	    (once_ready(ring) != 0 || once_has_backlog(ring)))
		once_port_eventfd_signal(ring->eventfd);
}

/*@ requires ring: \valid(ring) && once_readable(ring) && ring->open != 0;
    assigns ring->port, ring->eventfd;
    ensures answer: \result == 0 || -4095 <= \result <= -1;
    ensures registered: \result == 0 ==> ring->eventfd == fd;
    ensures as_before: \result != 0 ==> ring->eventfd == \old(ring->eventfd); */
static int do_register(struct once_ring *ring, int fd, bool async)
{
	const int rc = once_port_eventfd_register(&ring->port, fd, async);

	if (rc < 0)
		return rc;
	ring->eventfd = fd;
	signal_if_due(ring);
	return 0;
}

int once_register_eventfd(struct once_ring *ring, int fd)
{
	return ring->open != 0 ? do_register(ring, fd, false)
			       : once_refuse_complete(ring, ONCE_NOT_OPEN, "once_register_eventfd");
}

int once_register_eventfd_async(struct once_ring *ring, int fd)
{
	return ring->open != 0 ? do_register(ring, fd, true)
			       : once_refuse_complete(ring, ONCE_NOT_OPEN, "once_register_eventfd_async");
}

int once_unregister_eventfd(struct once_ring *ring)
{
	int rc;

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, "once_unregister_eventfd");
	rc = once_port_eventfd_unregister(&ring->port);
	if (rc < 0)
		return rc;
	ring->eventfd = -1;
	return 0;
}

int once_eventfd_toggle(struct once_ring *ring, bool enabled)
{
	int rc;

	if (ring->open == 0)
		return once_refuse_complete(ring, ONCE_NOT_OPEN, "once_eventfd_toggle");
	rc = once_port_eventfd_toggle(&ring->port, enabled);
	if (rc < 0)
		return rc;
	if (enabled)
		signal_if_due(ring);
	return 0;
}

bool once_eventfd_enabled(const struct once_ring *ring)
{
	return ring->open != 0 && once_port_eventfd_enabled(&ring->port);
}

#include "diurnad/guests.h"

#include "core/mem.h"

#include <stdlib.h>
#include <sys/socket.h>

struct guest *guest_add(struct guests *guests, int fd)
{
	struct guest *guest = xcalloc(1, sizeof(*guest));

	guest->fd = fd;
	guest->next = guests->list;
	guests->list = guest;
	guests->count++;
	return guest;
}

void guest_remove(struct guests *guests, struct guest *guest)
{
	struct guest **at = &guests->list;

	while (*at != guest)
		at = &(*at)->next;
	*at = guest->next;
	guests->count--;
	free(guest);
}

void guest_show_out(struct guest *guest)
{
	guest->stage = GUEST_LEAVES;
	shutdown(guest->fd, SHUT_RDWR);
}

const struct guest *guests_make_room(struct guests *guests)
{
	struct guest *guest, *first = NULL;

	for (guest = guests->list ? guests->list->next : NULL; guest; guest = guest->next) {
		if (guest->stage < GUEST_WAITS && (!first || guest->stage <= first->stage))
			first = guest;
	}
	if (first)
		guest_show_out(first);
	return first;
}

bool guests_are_leaving(const struct guests *guests)
{
	const struct guest *guest = guests->list;

	while (guest && guest->stage != GUEST_LEAVES)
		guest = guest->next;
	return guest != NULL;
}

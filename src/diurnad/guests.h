/*
 * Who is connected to a listening socket: when all places are taken, one who only sits there makes
 * room for whoever comes.
 */
#ifndef DIURNA_DIURNAD_GUESTS_H
#define DIURNA_DIURNAD_GUESTS_H

#include <stdbool.h>
#include <stddef.h>

/* In the order in which they have to leave. */
enum guest_stage {
	GUEST_SITS,   /* has asked nothing yet, half a question, or with a wrong password */
	GUEST_BRINGS, /* sends a body that is wanted */
	GUEST_WAITS,  /* for the answer: stays */
	GUEST_LEAVES, /* was shown out */
};

struct guest {
	int fd;
	enum guest_stage stage;
	struct guest *next; /* who came before */
};

struct guests {
	struct guest *list;
	size_t count;
};

struct guest *guest_add(struct guests *guests, int fd);
void guest_remove(struct guests *guests, struct guest *guest);
/* Its socket is shut down, for whoever reads it to notice. */
void guest_show_out(struct guest *guest);
/*
 * The one in the lowest stage that came first, but not the last that came, is shown out. NULL: all
 * wait for an answer.
 */
const struct guest *guests_make_room(struct guests *guests);
/* Somebody was shown out and is still there. */
bool guests_are_leaving(const struct guests *guests);

#endif

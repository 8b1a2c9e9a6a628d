/*
 * A small web server on the loop: a Unix socket or loopback, off unless configured. This file and
 * web.c know the library (libmicrohttpd); who answers does not.
 */
#ifndef DIURNA_DIURNAD_WEB_H
#define DIURNA_DIURNAD_WEB_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/config.h"

#include <ev.h>

/* A value of the query or of a form that was sent. */
struct web_param {
	const char *name, *value; /* decoded */
};

struct web_request {
	struct arena arena; /* holds all of it */
	bool is_post;
	bool is_by_path;             /* over a Unix socket, whose permissions let somebody in */
	const char *path;            /* decoded, begins with '/' */
	const char *authorization;   /* header; NULL: none */
	const char *user, *password; /* of basic authentication; NULL: none */
	struct buf body;
	struct web_param *params;
	size_t param_count, param_space;
	struct web_answer *answer; /* to be filled by the handler */
	void *connection;          /* the library's */
	struct web *web;
	size_t body_max;    /* so much may come */
	size_t body_bytes;  /* so much came */
	int64_t started_ms; /* monotonic */
	bool is_waiting;    /* the handler will call web_answered later */
	bool is_shown_out;  /* its body made room for others: it is not answered */
	ev_timer rest;      /* of one whose answer is held back */
	struct web_request *next_bringing, *next_resting;
};

struct web_answer {
	int status;           /* of HTTP; 0: 404 */
	const char *type;     /* constant */
	const char *location; /* of a redirect; in the request's arena */
	const char *name;     /* of one more header, constant; NULL: none */
	const char *value;    /* of that; constant */
	bool asks_password;   /* 401: for a browser */
	bool is_guess;        /* a wrong password was said: no answer at once */
	int file;             /* is sent instead of body; -1: none; closed afterwards */
	struct buf body;
};

/* The first value of that name; NULL: none. */
const char *web_param(const struct web_request *request, const char *name);
/* Plain text. */
void web_say(struct web_request *request, int status, const char *text);

/* A header line of the request; NULL: it has none of that name. */
const char *web_header(const struct web_request *request, const char *name);

/*
 * A body is about to come: how many bytes of it are taken, at most. 0: none, and the answer is
 * filled. So nobody fills the memory who would not be let in.
 */
typedef size_t web_admit(void *context, struct web_request *request);
/*
 * Fill the answer, or set is_waiting and call web_answered from the loop later. Called once a
 * request, when its body is whole.
 */
typedef void web_handler(void *context, struct web_request *request);

struct web;

struct web_setup {
	const char *name;   /* for the log, and of the descriptor that systemd hands over */
	const char *listen; /* path of a socket, or "127.0.0.1:8085"; NULL: only on systemd's */
	web_admit *on_head;
	web_handler *on_request;
	void *context;
};

/* Listen there, or on what systemd handed over. NULL: said in the log, or nowhere to listen. */
struct web *web_new(struct ev_loop *loop, const struct web_setup *setup);
/* Ends requests without an answer; those that wait must have been answered. */
void web_free(struct web *web);
void web_answered(struct web_request *request);
/* It listens on a Unix socket. */
bool web_is_by_path(const struct web *web);

/* A password file's first line; NULL: it cannot be read, which is said. To be freed. */
char *web_password(const struct config *config);
/* This was compiled in. */
bool web_is_there(void);

#endif

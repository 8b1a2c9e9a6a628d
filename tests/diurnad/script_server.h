/* A web server on loopback that answers by a script and remembers what it was asked. */
#ifndef DIURNA_TESTS_SCRIPT_SERVER_H
#define DIURNA_TESTS_SCRIPT_SERVER_H

#include <stddef.h>
#include <stdint.h>

enum script_end {
	SCRIPT_KEEP,  /* the connection stays */
	SCRIPT_CLOSE, /* closed in an orderly way */
	SCRIPT_RESET,
	SCRIPT_STALL, /* nothing more comes, the connection stays */
};

/* What a path gets. The bytes are sent as they are; "%P" in them becomes the server's port. */
struct script_row {
	const char *path;
	const char *answer;
	enum script_end end;
	size_t zeros; /* so many bytes of 'x' follow the answer */
};

struct script_request {
	char text[4096]; /* request line and header */
	int64_t at_ms;   /* monotonic */
	int connection;  /* number of its connection */
};

struct script_server;

/* rows ends with a path of NULL, which is what any other path gets. */
struct script_server *script_server_new(const struct script_row *rows);
void script_server_free(struct script_server *server);
int script_server_port(const struct script_server *server);
/* How many requests came; request number n, from 0, is good until the server ends. */
size_t script_server_count(struct script_server *server);
const struct script_request *script_server_request(struct script_server *server, size_t n);
/* Most connections that were open at one moment with a request under way. */
int script_server_most_busy(struct script_server *server);
void script_server_forget(struct script_server *server);

#endif

/*
 * A job for diurna-parse and its answer, and the one way to start that program.
 *
 * On the socket, either way: u32 length of the payload in native order, then the payload, a wire
 * record. One job is in flight at a time; the parser answers and waits for the next, and leaves
 * when the socket closes.
 */
#ifndef DIURNA_CORE_JOB_H
#define DIURNA_CORE_JOB_H

#include "core/doc.h"

#include <sys/types.h>

enum job_kind {
	JOB_FEED = 1, /* a feed document */
	JOB_PAGE,     /* the page behind an entry */
	JOB_LINKS,    /* a page's feed links, for subscribing */
	JOB_OPML,     /* a list of subscriptions */
	JOB_IMAGE,    /* a picture, by its content */
};

/* What a job says; everything is borrowed. Only body is required. */
struct job {
	enum job_kind kind;
	const char *url;              /* base: final URL after redirects */
	const char *content_type;     /* as the server said, parameters included */
	const char *content_language; /* likewise; NULL: not said */
	const char *body;             /* the bytes */
	size_t body_len;
	/* pages only: what is known of the entry that led here */
	const char *entry_title;
	const char *entry_summary; /* HTML */
	const char *entry_content; /* HTML */
	const char *entry_author;  /* names */
	int64_t entry_published;   /* epoch seconds or DATE_NONE */
	const char *entry_language;
	const char *rule;            /* text of the site's rule file */
	const uint64_t *site_blocks; /* hashes of blocks that recur on this site */
	size_t site_block_count;
	/* of a further page of an article: which one, from 1, and what the others showed */
	unsigned page; /* 0: the first */
	const uint64_t *seen_blocks;
	size_t seen_block_count;
};

/* A subscription found: a feed link of a page, or an outline of an OPML list. */
struct doc_link {
	const char *url; /* of the feed */
	const char *title;
	const char *folder; /* OPML: the names above it, joined by '/' ; NULL: none */
	const char *type;   /* MIME type or OPML type, as given */
};

/* What a picture is, by its bytes. */
struct image_facts {
	const char *type;      /* "image/jpeg"; one of image_types */
	const char *extension; /* "jpg" */
	int width, height;     /* 0: not known */
};

/* The kinds of pictures that are known; the place of one is its number on the wire. */
struct image_type {
	const char *type, *extension;
	bool is_for_books; /* EPUB 3.3, 3.2: a core media type everywhere */
};
extern const struct image_type image_types[];
extern const size_t image_type_count;

struct answer {
	enum job_kind kind;
	enum status status;     /* STATUS_OK, or why there is no document */
	const char *message;    /* one line for people when status is not OK; into arena */
	struct feed_doc feed;   /* JOB_FEED */
	struct article article; /* JOB_PAGE; also filled as far as possible when status is not OK */
	struct image_facts image; /* JOB_IMAGE; points into image_types */
	struct doc_link *links;   /* JOB_LINKS, JOB_OPML; into arena */
	size_t link_count;
	struct arena arena;
};

/* After how many ms a parser is ended that was given a job of len bytes. */
int job_deadline_ms(size_t len);

void job_put(struct buf *to, const struct job *job);
/* For the parser. Strings point into arena. STATUS_SYNTAX: not a job. */
enum status job_get(const void *data, size_t len, struct job *job, struct arena *arena);

void answer_init(struct answer *answer);
void answer_finish(struct answer *answer);
void answer_put(struct buf *to, const struct answer *answer);
/* For whoever asked; nothing in it is trusted. STATUS_SYNTAX: not an answer. */
enum status answer_get(const void *data, size_t len, struct answer *answer);

/* The program: $DIURNA_PARSE, else diurna-parse beside the running one, else the installed one. */
const char *parser_program(void);
/*
 * Start one parser. fd: our end of the socket pair, close-on-exec, blocking; closing it ends the
 * parser. STATUS_IO with errno when it cannot be started.
 */
enum status parser_spawn(pid_t *pid, int *fd);

/*
 * Start a parser, give it one job, wait for the answer, end it. deadline_ms: STATUS_TIMEOUT and
 * the parser is killed; STATUS_CRASHED: it ended without an answer.
 */
enum status parser_run(const struct job *job, int deadline_ms, struct answer *answer);

/* A parser that stays for many jobs (extract --files-from). One job after the other. */
enum status parser_ask(int fd, const struct job *job, int deadline_ms, struct answer *answer);

#endif

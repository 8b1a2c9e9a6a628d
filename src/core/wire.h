/*
 * Records as bytes: between the daemon and its parsers, and nowhere else (both are of one build, so
 * there are no versions). A record is a run of fields:
 *
 *     u16 tag, u32 length, length bytes          native byte order
 *
 * A number is a field of 8 bytes. A record in a record is a field whose bytes are fields. Strings
 * have no NUL in them and get one when read. Nothing read here is trusted: every length is checked.
 */
#ifndef DIURNA_CORE_WIRE_H
#define DIURNA_CORE_WIRE_H

#include "core/arena.h"
#include "core/buf.h"

#include <stdbool.h>
#include <stdint.h>

void wire_put(struct buf *to, uint16_t tag, const void *data, size_t len);
void wire_put_str(struct buf *to, uint16_t tag, const char *s); /* NULL: nothing is written */
void wire_put_int(struct buf *to, uint16_t tag, int64_t value);
void wire_put_double(struct buf *to, uint16_t tag, double value);
/* A record in a record: what is written between the two is inside. */
size_t wire_open(struct buf *to, uint16_t tag);
void wire_close(struct buf *to, size_t mark);

struct wire_field {
	uint16_t tag;     /* which field */
	const char *data; /* into the record */
	size_t len;       /* bytes of data */
};

struct wire_reader {
	const char *at;  /* next field, into the record */
	const char *end; /* behind the last byte */
	bool is_bad;     /* a length did not fit; reading has stopped */
};

void wire_reader_init(struct wire_reader *reader, const void *data, size_t len);
/* The next field; false at the end or when is_bad. */
bool wire_next(struct wire_reader *reader, struct wire_field *field);
/*
 * The value of a field. A string is copied and valid UTF-8 without NUL: what is not is replaced.
 * Control characters but tabs and line ends are left out, since terminals obey them.
 */
int64_t wire_int(const struct wire_field *field);
double wire_double(const struct wire_field *field);
char *wire_str(const struct wire_field *field, struct arena *arena);

#endif

/* Pieces of a mail: header lines and encoded parts. */
#ifndef DIURNA_EDITION_MIME_H
#define DIURNA_EDITION_MIME_H

#include "core/buf.h"

#include <stdint.h>

/* "Name: text" and a line end; text beyond ASCII becomes encoded words. Source: RFC 2047. */
void mime_header(const char *name, const char *text, struct buf *to);
/*
 * "Name: Me <me@example.org>" from an address as the configuration has it, its name encoded where
 * it has to be.
 */
void mime_address(const char *name, const char *address, struct buf *to);
/* The bare address in it: "me@example.org"; append to buf. */
void mime_bare_address(const char *address, struct buf *to);
/* The bare address of that field of a whole mail; nothing where it has none. */
void mime_read_address(const char *mail, const char *name, struct buf *to);
/* "Fri, 27 Nov 2026 06:30:00 +0000". Source: RFC 5322, 3.3. */
void mime_date(int64_t time_s, struct buf *to);
/*
 * The header lines of a part and its text (LF between lines): quoted-printable, or base64 where
 * that is shorter. Source: RFC 2045, 6.
 */
void mime_text_part(const char *type, const struct buf *text, struct buf *to);

#endif

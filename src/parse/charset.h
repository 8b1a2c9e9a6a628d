/* Character sets: bytes of any encoding to UTF-8. */
#ifndef DIURNA_PARSE_CHARSET_H
#define DIURNA_PARSE_CHARSET_H

#include "core/buf.h"
#include "core/status.h"

enum charset_kind {
	CHARSET_XML,  /* BOM, content type, XML declaration, UTF-8, windows-1252 (RFC 7303) */
	CHARSET_HTML, /* BOM, content type, meta prescan of 1024 bytes and more, detection (WHATWG)
		       */
	CHARSET_JSON, /* BOM, UTF-8, UTF-16/32 by the place of NULs (RFC 4627, 3) */
};

/*
 * Convert a document to valid UTF-8 without BOM and NUL. A bad byte costs one character (U+FFFD).
 * Valid UTF-8 with a multi-byte sequence is taken as such whatever is declared.
 *
 * name  what it was read as, a static string such as "utf-8", "windows-1252"
 */
void charset_to_utf8(enum charset_kind kind, const char *body, size_t len, const char *content_type,
	struct buf *utf8, const char **name);

/*
 * Undo a second encoding (what looks like "a-circumflex, euro, trade mark" for an apostrophe, as it
 * is or as references) where it is certain: such a sign joins two letters, or three signs or
 * letters are doubled, and the document has no quotation mark, or accented letter, as it should be;
 * or five join letters and more are doubled than not. charset_to_utf8 does this.
 */
void charset_mend(struct buf *text);

/* Opens every converter once: within the sandbox iconv can load none. */
void charset_prepare(void);

#endif

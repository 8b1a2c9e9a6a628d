/* The decoders behind charset.h: labels, tables, iconv. */
#ifndef DIURNA_PARSE_CHARSET_CODEC_H
#define DIURNA_PARSE_CHARSET_CODEC_H

#include "core/buf.h"

/*
 * The charset that a label means, under our static name; NULL: unknown. Punctuation and case do not
 * count. Source: Encoding Standard, 4.2; names of iconv and Python for what it leaves out.
 */
const char *charset_by_label(const char *label);

/*
 * Append body, read as charset (a name from charset_by_label), as clean UTF-8: no NUL, no control
 * characters but tab, line breaks and what charset_put_utf8 lets pass. Returns how many bytes were
 * wrong; each is one U+FFFD.
 */
size_t charset_decode(const char *charset, const char *body, size_t len, struct buf *utf8);

/* Sequences of two bytes and more that are UTF-8, and bytes that are not. */
void charset_count_utf8(const char *body, size_t len, size_t *good, size_t *bad);
/* Bytes above ASCII. */
size_t charset_count_high(const char *body, size_t len);
/*
 * UTF-8 in, clean UTF-8 out; a wrong byte is U+FFFD (put_utf8), or windows-1252 (put_mixed). What
 * of U+0080 to U+009F windows-1252 leaves free is still there, for charset_mend.
 */
void charset_put_utf8(const char *body, size_t len, struct buf *utf8);
void charset_put_mixed(const char *body, size_t len, struct buf *utf8);
/* ... until this takes it away. */
void charset_drop_controls(struct buf *utf8);

/* Open what iconv has to load, once; inside the sandbox it cannot. */
void charset_open_all(void);

#endif

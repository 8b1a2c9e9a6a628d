/*
 * HTML source as tokens: start tags with their attributes, end tags, text. Comments, doctypes and
 * what stands in script-like elements are passed over. A small part of WHATWG HTML 13.2.5, in
 * linear time and without a tree; the sanitiser builds on it.
 */
#ifndef DIURNA_PARSE_HTML_TOKEN_H
#define DIURNA_PARSE_HTML_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum { HTML_ATTRIBUTES = 64 }; /* attributes of one tag that are looked at */

enum html_token_kind {
	HTML_TEXT, /* text with character references */
	HTML_START,
	HTML_END,
};

struct html_attribute {
	const char *name; /* as written */
	size_t name_len;
	const char *value; /* as written, references not replaced */
	size_t value_len;
};

struct html_token {
	enum html_token_kind kind;
	const char *text; /* of text: itself; of tags: the name as written */
	size_t len;
	const struct html_attribute *attributes;
	size_t attribute_count;
	bool is_self_closing;
	bool is_cut; /* a tag or the like that the end of the source cuts off; text is all of it */
};

struct html_tokenizer {
	const char *at, *end;
	const char *cdata_end;   /* of a CDATA section whose inside is being read */
	bool has_no_comment_end; /* "-->" was looked for in vain */
	bool has_no_cdata_end;   /* "]]>" was looked for in vain */
	struct html_attribute attributes[HTML_ATTRIBUTES];
};

void html_tokenizer_init(struct html_tokenizer *t, const char *html, size_t len);
/* False at the end. The token is valid until the next call. */
bool html_next(struct html_tokenizer *t, struct html_token *token);
/*
 * The text up to the end tag of name (lower case) as one run, for elements whose inside is no
 * markup. The end tag itself is read over.
 */
void html_skip_raw(struct html_tokenizer *t, const char *name, const char **text, size_t *len);

#endif

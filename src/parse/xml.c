#include "parse/xml.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/xml_inner.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A namespace prefix that is declared. */
struct xml_prefix {
	const char *name; /* len 0: the default namespace */
	size_t len;
	const char *uri;
	size_t uri_len;
	enum xml_ns ns;
};

/* An open element; number 0 is the document. */
struct xml_open {
	const char *raw; /* its name with prefix */
	size_t raw_len;
	enum xml_ns ns;
	const char *name;
	size_t name_len;
	size_t prefix_count; /* prefixes declared outside of it */
	const char *base, *language;
};

enum {
	INSTRUCTION_BYTES = 4096, /* how far the end of a processing instruction is looked for */
};

void xml_reader_init(
	struct xml_reader *r, const char *source, size_t len, const char *base, struct arena *arena)
{
	memset(r, 0, sizeof(*r));
	r->start = r->at = source;
	r->end = source + len;
	r->arena = arena;
	r->expansion_left = LIMIT_XML_EXPANSION;
	r->open_space = 64;
	r->open = xcalloc(r->open_space, sizeof(*r->open));
	r->open[0].base = base;
}

void xml_reader_finish(struct xml_reader *r)
{
	free(r->attribute_space);
	free(r->open);
	free(r->prefixes);
	free(r->entities);
	memset(r, 0, sizeof(*r));
}

static void warn(struct xml_reader *r, const char *at, const char *what)
{
	if (r->on_warning)
		r->on_warning(r->warning_context, (size_t)(at - r->start), what);
}

const char *xml_base(const struct xml_reader *r)
{
	return r->open[r->depth].base;
}

const char *xml_language(const struct xml_reader *r)
{
	return r->open[r->depth].language;
}

/* Bytes above ASCII may all stand in names: telling letters apart would refuse nothing of use. */
static bool starts_name(char c)
{
	return str_is_alpha(c) || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

static bool is_in_tag(char c)
{
	return !str_is_space(c) && c != '>' && c != '/' && c != '<';
}

static bool looks_at(const struct xml_reader *r, const char *what)
{
	size_t len = strlen(what);

	return (size_t)(r->end - r->at) >= len && memcmp(r->at, what, len) == 0;
}

/* --- names --- */

static const struct xml_prefix *find_prefix(
	const struct xml_reader *r, const char *name, size_t len)
{
	size_t i;

	for (i = r->prefix_count; i > 0; i--) {
		const struct xml_prefix *prefix = &r->prefixes[i - 1];

		if (prefix->len == len && memcmp(prefix->name, name, len) == 0)
			return prefix;
	}
	return NULL;
}

static void declare(
	struct xml_reader *r, const char *name, size_t len, const char *uri, size_t uri_len)
{
	struct xml_prefix prefix = {name, len, uri, uri_len, xml_ns_of_uri(uri, uri_len)};

	if (r->prefix_count >= LIMIT_XML_PREFIXES)
		return;
	ARRAY_GROW(r->prefixes, r->prefix_count, r->prefix_space);
	r->prefixes[r->prefix_count++] = prefix;
}

/* Split raw at its colon and look its namespace up. */
static enum xml_ns resolve_name(const struct xml_reader *r, const char *raw, size_t raw_len,
	bool is_attribute, const char **name, size_t *name_len)
{
	const char *colon = memchr(raw, ':', raw_len);
	size_t len = colon && colon > raw ? (size_t)(colon - raw) : 0;
	const struct xml_prefix *prefix;

	*name = raw;
	*name_len = raw_len;
	if (len > 0 || colon) {
		*name = colon + 1;
		*name_len = raw_len - (size_t)(colon + 1 - raw);
	}
	if (len == 0 && is_attribute)
		return XML_NS_NONE;
	prefix = find_prefix(r, raw, len);
	if (prefix)
		return prefix->ns;
	return len > 0 ? xml_ns_of_prefix(raw, len) : XML_NS_NONE;
}

/* --- tags --- */

static struct xml_attribute *add_attribute(struct xml_reader *r)
{
	if (r->attribute_count >= LIMIT_XML_ATTRIBUTES)
		return NULL;
	ARRAY_GROW(r->attribute_space, r->attribute_count, r->attribute_room);
	return &r->attribute_space[r->attribute_count++];
}

/* One attribute; returns what follows, NULL where the source ends within it. */
static const char *read_attribute(struct xml_reader *r, const char *p)
{
	struct xml_attribute *attribute = add_attribute(r);
	const char *name = p, *value, *end;
	size_t name_len, value_len = 0;

	p++;
	while (p < r->end && is_in_tag(*p) && *p != '=')
		p++;
	name_len = (size_t)(p - name);
	value = p;
	while (p < r->end && str_is_space(*p))
		p++;
	if (p < r->end && *p == '=') {
		for (p++; p < r->end && str_is_space(*p); p++)
			continue;
		value = p;
		if (p < r->end && (*p == '"' || *p == '\'')) {
			value = p + 1;
			end = memchr(p + 1, *p, (size_t)(r->end - p - 1));
			if (!end)
				return NULL;
			value_len = (size_t)(end - value);
			p = end + 1;
		} else {
			while (p < r->end && !str_is_space(*p) && *p != '>' &&
				(*p != '/' || p + 1 == r->end || p[1] != '>'))
				p++;
			value_len = (size_t)(p - value);
		}
	} else {
		p = value;
	}
	if (p == r->end)
		return NULL;
	if (attribute) {
		attribute->name = name;
		attribute->name_len = name_len;
		attribute->value = value;
		attribute->value_len = value_len;
		if (name_len >= 5 && memcmp(name, "xmlns", 5) == 0 &&
			(name_len == 5 || name[5] == ':')) {
			declare(r, name + (name_len == 5 ? 5 : 6), name_len == 5 ? 0 : name_len - 6,
				value, value_len);
			r->attribute_count--;
		}
	}
	return p;
}

/* The value of xml:base or xml:lang in the arena. */
static char *special_value(struct xml_reader *r, const struct xml_attribute *attribute)
{
	struct buf value = {0};
	char *copy;

	xml_put_text(r, attribute->value, attribute->value_len, false, &value);
	copy = arena_strdup(r->arena, buf_text(&value));
	buf_finish(&value);
	return str_trim(copy);
}

static bool is_named(const struct xml_attribute *attribute, const char *name)
{
	return strlen(name) == attribute->name_len &&
	       strncasecmp(attribute->name, name, attribute->name_len) == 0;
}

static void take_special(struct xml_reader *r, struct xml_open *open)
{
	struct buf url = {0};
	size_t i;

	for (i = 0; i < r->attribute_count; i++) {
		struct xml_attribute *a = &r->attributes[i];

		if (a->ns != XML_NS_XML || a->value_len > LIMIT_URL_BYTES)
			continue;
		if (is_named(a, "lang")) {
			open->language = special_value(r, a);
		} else if (is_named(a, "base")) {
			const char *value = special_value(r, a);

			buf_clear(&url);
			url_resolve(open->base, value, &url);
			/* what has no scheme, or one that is no base, is none (feed:, javascript:)
			 */
			if (!url_is_active(buf_text(&url)))
				open->base = arena_strdup(r->arena, buf_text(&url));
		}
	}
	buf_finish(&url);
}

static void resolve_attributes(struct xml_reader *r)
{
	size_t i;

	r->attributes = r->attribute_space;
	for (i = 0; i < r->attribute_count; i++) {
		struct xml_attribute *a = &r->attributes[i];

		a->ns = resolve_name(r, a->name, a->name_len, true, &a->name, &a->name_len);
	}
}

static void open_element(struct xml_reader *r, const char *raw, size_t raw_len, size_t prefixes)
{
	const struct xml_prefix *prefix;
	struct xml_open *open;

	if (r->depth + 2 > r->open_space) {
		r->open_space *= 2;
		r->open = xreallocarray(r->open, r->open_space, sizeof(*r->open));
	}
	open = &r->open[++r->depth];
	*open = r->open[r->depth - 1];
	open->raw = raw;
	open->raw_len = raw_len;
	open->prefix_count = prefixes;
	open->ns = resolve_name(r, raw, raw_len, false, &open->name, &open->name_len);
	resolve_attributes(r);
	take_special(r, open);
	r->ns = open->ns;
	r->name = open->name;
	r->name_len = open->name_len;
	prefix = find_prefix(r, raw, open->name > raw ? (size_t)(open->name - raw - 1) : 0);
	r->uri = prefix ? prefix->uri : NULL;
	r->uri_len = prefix ? prefix->uri_len : 0;
}

/* False: there is no event; the tag is below what we look at, or the source ended. */
static bool read_start(struct xml_reader *r)
{
	const char *raw = r->at + 1, *p = raw;
	size_t raw_len, prefixes = r->prefix_count;
	bool is_empty = false;

	while (p < r->end && is_in_tag(*p))
		p++;
	raw_len = (size_t)(p - raw);
	r->attribute_count = 0;
	while (p && p < r->end && *p != '>') {
		if (*p == '<') { /* the tag was never closed */
			warn(r, p, "a tag without its '>'");
			p--;
			break;
		}
		if (str_is_space(*p) || *p == '/') {
			is_empty = *p == '/' && p + 1 < r->end && p[1] == '>';
			p++;
			continue;
		}
		p = read_attribute(r, p);
	}
	if (!p || p >= r->end) {
		warn(r, r->at, "the document ends inside a tag");
		r->at = r->end;
		r->prefix_count = prefixes;
		return false;
	}
	r->at = p + 1;
	if (r->depth >= LIMIT_XML_DEPTH) {
		if (r->too_deep == 0 && !is_empty)
			warn(r, raw, "elements are nested too deep");
		r->was_too_deep = true;
		r->too_deep += !is_empty;
		r->prefix_count = prefixes;
		return false;
	}
	open_element(r, raw, raw_len, prefixes);
	r->is_empty_element = is_empty;
	return true;
}

static bool is_same_name(const struct xml_open *open, const char *raw, size_t len, bool is_loose)
{
	if (open->raw_len != len)
		return false;
	return is_loose ? strncasecmp(open->raw, raw, len) == 0 : memcmp(open->raw, raw, len) == 0;
}

/* How many elements an end tag ends; 0: it matches none. */
static size_t match_end(const struct xml_reader *r, const char *raw, size_t len)
{
	size_t i;

	for (i = r->depth; i > 0; i--) {
		if (is_same_name(&r->open[i], raw, len, false))
			return r->depth - i + 1;
	}
	for (i = r->depth; i > 0; i--) {
		if (is_same_name(&r->open[i], raw, len, true))
			return r->depth - i + 1;
	}
	return 0;
}

static void read_end(struct xml_reader *r)
{
	const char *raw = r->at + 2, *p = raw, *close;

	while (p < r->end && is_in_tag(*p))
		p++;
	close = p;
	while (close < r->end && *close != '>' && *close != '<')
		close++;
	if (close < r->end && *close == '>')
		close++;
	if (r->too_deep > 0) {
		r->too_deep--;
	} else {
		r->due_stops = match_end(r, raw, (size_t)(p - raw));
		if (r->due_stops == 0)
			warn(r, r->at, "an end tag that nothing began");
		else if (r->due_stops > 1)
			warn(r, r->at, "an element without its end tag");
	}
	r->at = close;
}

/* --- what stands between tags --- */

static void skip_comment(struct xml_reader *r)
{
	const char *end = r->has_no_comment_end ? NULL : xml_find(r, r->at + 4, "-->");

	if (!end) {
		if (!r->has_no_comment_end)
			warn(r, r->at, "a comment without its end");
		r->has_no_comment_end = true;
		end = xml_find(r, r->at + 4, ">");
		r->at = end ? end + 1 : r->end;
		return;
	}
	r->at = end + 3;
}

static void skip_instruction(struct xml_reader *r)
{
	const char *close = xml_find(r, r->at + 2, ">"), *end;
	size_t left = close ? (size_t)(r->end - close) : 0;

	if (!close) {
		r->at = r->end;
		return;
	}
	r->at = close + 1;
	if (close[-1] == '?')
		return;
	/* <?xml version="1.0"> is a common slip; else its inside has a '>' of its own */
	end = memmem(close, left < INSTRUCTION_BYTES ? left : INSTRUCTION_BYTES, "?>", 2);
	if (end && !memchr(close, '<', (size_t)(end - close)))
		r->at = end + 2;
}

static void set_text(struct xml_reader *r, const char *from, const char *to, bool is_literal)
{
	r->text = from;
	r->text_len = (size_t)(to - from);
	r->is_literal = is_literal;
}

/* A CDATA section. One without an end is over where the end tag of its element stands. */
static void read_cdata(struct xml_reader *r)
{
	const char *from = r->at + 9;
	const char *end = r->has_no_cdata_end ? NULL : xml_find(r, from, "]]>");

	if (end) {
		set_text(r, from, end, true);
		r->at = end + 3;
		return;
	}
	if (!r->has_no_cdata_end)
		warn(r, r->at, "a CDATA section without its end");
	r->has_no_cdata_end = true;
	end = xml_find(r, from, "</");
	if (!end)
		end = r->end;
	set_text(r, from, end, true);
	r->at = end;
}

/* Text up to the next tag; a '<' that begins none belongs to it. */
static void read_text(struct xml_reader *r)
{
	const char *p = r->at;

	while (p < r->end) {
		p = memchr(p, '<', (size_t)(r->end - p));
		if (!p)
			p = r->end;
		if (p + 1 >= r->end || starts_name(p[1]) || p[1] == '/' || p[1] == '!' ||
			p[1] == '?')
			break;
		warn(r, p, "a '<' that is not escaped");
		p++;
	}
	set_text(r, r->at, p, false);
	r->at = p;
}

static bool is_tag_at(const struct xml_reader *r)
{
	char next;

	if (*r->at != '<' || r->at + 1 >= r->end)
		return false;
	next = r->at[1];
	return starts_name(next) || next == '/' || next == '!' || next == '?';
}

static enum xml_event stop(struct xml_reader *r)
{
	const struct xml_open *open = &r->open[r->depth];

	r->ns = open->ns;
	r->name = open->name;
	r->name_len = open->name_len;
	r->prefix_count = open->prefix_count;
	r->depth--;
	return XML_STOP;
}

enum xml_event xml_next(struct xml_reader *r)
{
	if (r->is_empty_element) {
		r->is_empty_element = false;
		return stop(r);
	}
	for (;;) {
		if (r->due_stops > 0) {
			r->due_stops--;
			return stop(r);
		}
		if (r->at >= r->end)
			break;
		if (!is_tag_at(r)) {
			if (*r->at == '<' && r->at + 1 >= r->end)
				break;
			read_text(r);
			return XML_CHARS;
		}
		if (r->at[1] == '/') {
			read_end(r);
		} else if (looks_at(r, "<!--")) {
			skip_comment(r);
		} else if ((size_t)(r->end - r->at) >= 9 &&
			   strncasecmp(r->at, "<![CDATA[", 9) == 0) {
			read_cdata(r);
			return XML_CHARS;
		} else if ((size_t)(r->end - r->at) >= 9 &&
			   strncasecmp(r->at, "<!DOCTYPE", 9) == 0) {
			xml_skip_doctype(r);
		} else if (r->at[1] == '?') {
			skip_instruction(r);
		} else if (r->at[1] == '!') {
			const char *end = xml_find(r, r->at, ">");

			r->at = end ? end + 1 : r->end;
		} else if (read_start(r)) {
			return XML_START;
		}
	}
	r->at = r->end;
	if (r->depth > 0) {
		if (!r->is_cut) {
			r->is_cut = true;
			warn(r, r->end, "the document ends before its last end tag");
		}
		return stop(r);
	}
	return XML_END_OF_DOCUMENT;
}

bool xml_prefix_has(const struct xml_reader *r, size_t i, const char *part)
{
	return memmem(r->prefixes[i].uri, r->prefixes[i].uri_len, part, strlen(part)) != NULL;
}

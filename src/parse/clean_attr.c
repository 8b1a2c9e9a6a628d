#include "parse/clean_attr.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SRCSET_CANDIDATES = 50 };

/* Looked at and never written: what says where a lazily loaded image is, and that it is hidden. */
static const struct clean_attribute hints[] = {
	{"img", "data-src", CLEAN_SRC},
	{"img", "data-lazy-src", CLEAN_SRC},
	{"img", "data-original", CLEAN_SRC},
	{"img", "data-orig-file", CLEAN_SRC},
	{"img", "data-srcset", CLEAN_SRCSET},
	{"img", "data-lazy-srcset", CLEAN_SRCSET},
	{"img", "style", CLEAN_TEXT},
};

static bool is_hint(const struct clean_attribute *row)
{
	return row >= hints && row < hints + ARRAY_LEN(hints);
}

const struct clean_attribute *clean_attribute_wanted(
	const struct clean_element *element, const char *name, size_t len)
{
	size_t i;

	if (element->rule == CLEAN_IMG && len >= 5) {
		for (i = 0; i < ARRAY_LEN(hints); i++) {
			if (strncasecmp(hints[i].name, name, len) == 0 &&
				hints[i].name[len] == '\0')
				return &hints[i];
		}
	}
	return clean_attribute(element, name, len);
}

/* Bytes that may not be written as they are; control characters are commands to a terminal. */
static const bool is_special[256] = {[0 ... 0x08] = true,
	[0x0B] = true,
	['\r'] = true,
	[0x0E ... 0x1F] = true,
	['&'] = true,
	['<'] = true,
	['>'] = true,
	['"'] = true,
	[0x7F] = true,
	[0xC2] = true};

void clean_put_escaped(struct buf *to, const char *text, size_t len, bool is_attribute)
{
	const char *p = text, *end = text + len, *from = text, *with;

	for (; p < end; p++) {
		if (!is_special[(unsigned char)*p]) /* most are not: this loop is where time goes */
			continue;
		with = NULL;
		switch (*p) {
		case '&': with = "&amp;"; break;
		case '<': with = "&lt;"; break;
		case '>': with = "&gt;"; break;
		case '"': with = is_attribute ? "&quot;" : NULL; break;
		case '\r': with = p + 1 < end && p[1] == '\n' ? "" : "\n"; break;
		case '\xC2':
			if (p + 1 < end && (unsigned char)p[1] >= 0x80 &&
				(unsigned char)p[1] <= 0xA0)
				with = p[1] == '\xA0' ? "&nbsp;" : ""; /* C1 */
			break;
		default: with = "";
		}
		if (!with)
			continue;
		buf_put(to, from, (size_t)(p - from));
		buf_puts(to, with);
		if (*p == '\xC2')
			p++;
		from = p + 1;
	}
	buf_put(to, from, (size_t)(end - from));
}

/* The value of the first attribute of that name, or NULL. */
static const char *value_of(const struct clean_given *given, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (str_eq(given[i].row->name, name))
			return given[i].value;
	}
	return NULL;
}

/* Into c->url, absolute; false where it may not be written. */
static bool resolve(struct cleaner *c, const char *value, bool is_loaded)
{
	const char *url;

	if (value != c->resolved) { /* judging a tag and writing it ask for the same */
		buf_clear(&c->url);
		url_resolve(c->base_url, value, &c->url);
		c->resolved = value;
	}
	url = buf_text(&c->url);
	return is_loaded ? c->url.len > 0 && clean_may_load(url) : clean_may_link(url);
}

/* A value of 0 or 1, in pixels. */
static bool is_tiny(const char *value)
{
	char *end;
	long n;

	if (!value)
		return false;
	while (str_is_space(*value))
		value++;
	if (!str_is_digit(*value))
		return false;
	n = strtol(value, &end, 10);
	return n <= 1 && *end != '%' && *end != '.' && !str_is_digit(*end);
}

static bool style_is_tiny(const char *style, const char *property)
{
	const char *p = style;
	size_t len = strlen(property);

	for (; (p = str_ifind(p, property)) != NULL; p += len) {
		if (p > style && (str_is_alpha(p[-1]) || p[-1] == '-'))
			continue; /* max-width */
		for (p += len; str_is_space(*p) || *p == ':'; p++)
			continue;
		return is_tiny(p);
	}
	return false;
}

/* An image that is there to be asked for, not to be seen. */
static bool is_pixel(const struct clean_given *given, size_t count)
{
	const char *style = value_of(given, count, "style");
	const char *width = value_of(given, count, "width");
	const char *height = value_of(given, count, "height");

	if (is_tiny(width) && is_tiny(height))
		return true;
	if (!style)
		return false;
	return (style_is_tiny(style, "width") || is_tiny(width)) &&
	       (style_is_tiny(style, "height") || is_tiny(height));
}

static bool may_show(struct cleaner *c, const char *src)
{
	return src && (clean_is_small_image(src) || resolve(c, src, true));
}

/* Where a lazily loaded image really is; NULL: it is not one. */
static const char *lazy_source(struct cleaner *c, const struct clean_given *given, size_t count)
{
	const char *src = value_of(given, count, "src");
	size_t i;

	if (src && !str_istarts(src, "data:") && *src)
		return NULL;
	for (i = 0; i < count; i++) {
		if (is_hint(given[i].row) && given[i].row->value == CLEAN_SRC &&
			resolve(c, given[i].value, true))
			return given[i].value;
	}
	return NULL;
}

/*
 * The candidates of a srcset that may be loaded, appended; how many. WHATWG HTML 4.8.4.2.3: a URL
 * runs to the next white space, a comma at its end ends the candidate; else a descriptor runs to
 * the next comma.
 */
static size_t make_srcset(struct cleaner *c, const char *value, struct buf *list)
{
	size_t count = 0, url_len;
	const char *p = value, *descriptor, *end;
	struct buf one = {0};
	bool has_comma;

	while (*p && count < SRCSET_CANDIDATES) {
		while (str_is_space(*p) || *p == ',')
			p++;
		url_len = strcspn(p, " \t\n\f\r");
		if (url_len == 0)
			break;
		buf_clear(&one);
		buf_put(&one, p, url_len);
		descriptor = p + url_len;
		has_comma = one.data[one.len - 1] == ',';
		while (one.len > 0 && one.data[one.len - 1] == ',')
			buf_truncate(&one, one.len - 1);
		end = has_comma ? descriptor : descriptor + strcspn(descriptor, ",");
		while (descriptor < end && str_is_space(*descriptor))
			descriptor++;
		p = end;
		c->resolved = NULL; /* the same memory holds one after the other */
		if (!resolve(c, buf_text(&one), true))
			continue;
		if (count++ > 0)
			buf_puts(list, ", ");
		buf_put(list, c->url.data, c->url.len);
		if (descriptor < end) {
			buf_putc(list, ' ');
			buf_put(list, descriptor, (size_t)(end - descriptor));
		}
	}
	c->resolved = NULL;
	buf_finish(&one);
	return count;
}

static bool has_srcset(struct cleaner *c, const char *value)
{
	struct buf list = {0};
	size_t count = value ? make_srcset(c, value, &list) : 0;

	buf_finish(&list);
	return count > 0;
}

/* The same of a srcset. */
static const char *lazy_srcset(struct cleaner *c, const struct clean_given *given, size_t count)
{
	static const char *const names[] = {"data-srcset", "data-lazy-srcset"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (has_srcset(c, value_of(given, count, names[i])))
			return value_of(given, count, names[i]);
	}
	return NULL;
}

static bool image_is_worth(struct cleaner *c, const struct clean_given *given, size_t count)
{
	const char *alt = value_of(given, count, "alt");

	if (is_pixel(given, count))
		return false;
	if (may_show(c, value_of(given, count, "src")) || lazy_source(c, given, count))
		return true;
	return has_srcset(c, value_of(given, count, "srcset")) || lazy_srcset(c, given, count) ||
	       (alt && *alt);
}

bool clean_is_worth(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count)
{
	const char *value;

	switch (element->rule) {
	case CLEAN_A: /* an anchor's name leads nowhere once the text has moved */
		value = value_of(given, count, "href");
		return value && resolve(c, value, false);
	case CLEAN_IMG: return image_is_worth(c, given, count);
	case CLEAN_SOURCE:
		value = value_of(given, count, "src");
		return (value && resolve(c, value, true)) ||
		       has_srcset(c, value_of(given, count, "srcset"));
	default: return true;
	}
}

static void put_attribute(struct buf *to, const char *name, const char *value, size_t len)
{
	buf_putc(to, ' ');
	buf_puts(to, name);
	buf_puts(to, "=\"");
	clean_put_escaped(to, value, len, true);
	buf_putc(to, '"');
}

static bool is_number(const char *value)
{
	size_t n = strspn(value, "0123456789");

	return n > 0 && n < 9 &&
	       (value[n] == '\0' || str_eq(value + n, "%") || str_ieq(value + n, "px"));
}

static bool is_word(const char *value)
{
	size_t i;

	for (i = 0; value[i]; i++) {
		if (!str_is_alpha(value[i]) && !str_is_digit(value[i]) && value[i] != '-')
			return false;
	}
	return i > 0 && i < 64;
}

static void put_srcset(struct cleaner *c, const char *value)
{
	struct buf list = {0};

	if (make_srcset(c, value, &list) > 0)
		put_attribute(c->to, "srcset", list.data, list.len);
	buf_finish(&list);
}

static void put_checked(struct cleaner *c, const struct clean_given *given)
{
	const struct clean_attribute *row = given->row;
	const char *value = given->value;

	switch (row->value) {
	case CLEAN_TEXT: put_attribute(c->to, row->name, value, strlen(value)); break;
	case CLEAN_NUMBER:
		if (is_number(value))
			put_attribute(c->to, row->name, value, strlen(value));
		break;
	case CLEAN_WORD:
		if (is_word(value))
			put_attribute(c->to, row->name, value, strlen(value));
		break;
	case CLEAN_LINK:
		if (resolve(c, value, false))
			put_attribute(c->to, row->name, buf_text(&c->url), c->url.len);
		break;
	case CLEAN_SRC:
		if (row->element && str_eq(row->element, "img") && clean_is_small_image(value))
			put_attribute(c->to, row->name, value, strlen(value));
		else if (resolve(c, value, true))
			put_attribute(c->to, row->name, c->url.data, c->url.len);
		break;
	case CLEAN_SRCSET: put_srcset(c, value); break;
	case CLEAN_FLAG: put_attribute(c->to, row->name, "", 0); break;
	}
}

static bool is_repeated(const struct clean_given *given, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (given[k].row == given[i].row)
			return true;
	}
	return false;
}

/* What lazy loading hides in attributes of its own. */
static void put_lazy(struct cleaner *c, const struct clean_given *given, size_t count)
{
	const char *src = lazy_source(c, given, count), *srcset = lazy_srcset(c, given, count);

	if (src && resolve(c, src, true))
		put_attribute(c->to, "src", c->url.data, c->url.len);
	if (srcset && !has_srcset(c, value_of(given, count, "srcset")))
		put_srcset(c, srcset);
}

void clean_put_tag(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count)
{
	bool is_lazy = element->rule == CLEAN_IMG && lazy_source(c, given, count);
	size_t i;

	buf_putc(c->to, '<');
	buf_puts(c->to, element->name);
	for (i = 0; i < count; i++) {
		if (is_hint(given[i].row) || is_repeated(given, i))
			continue;
		if (is_lazy && str_eq(given[i].row->name, "src"))
			continue;
		put_checked(c, &given[i]);
	}
	if (element->rule == CLEAN_IMG)
		put_lazy(c, given, count);
	if (element->rule == CLEAN_MEDIA)
		put_attribute(c->to, "controls", "", 0);
	buf_putc(c->to, '>');
}

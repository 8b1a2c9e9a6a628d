#include "edition/body.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

enum { HEADINGS = 6, DEEPEST = 6 };

/* Headings that are open above the one at hand, as the author numbered them. */
struct outline {
	int levels[HEADINGS];
	int depth;
	int written; /* level of the heading that is open now */
};

struct tag {
	const char *name;
	size_t name_len;
	const char *rest; /* attributes, up to > */
	size_t rest_len;
	bool is_end;
};

/* A tag at p, which is at '<'. Attribute values hold no '>': the sanitiser escapes it. */
static const char *read_tag(const char *p, struct tag *tag)
{
	const char *end = strchr(p, '>');

	if (!end)
		return NULL;
	tag->is_end = p[1] == '/';
	tag->name = p + 1 + tag->is_end;
	for (p = tag->name; str_is_alpha(*p) || str_is_digit(*p); p++)
		continue;
	tag->name_len = (size_t)(p - tag->name);
	tag->rest = p;
	tag->rest_len = (size_t)(end - p);
	return tag->name_len > 0 ? end + 1 : NULL;
}

static bool is_tag(const struct tag *tag, const char *name)
{
	return strlen(name) == tag->name_len && memcmp(tag->name, name, tag->name_len) == 0;
}

static int heading_level(const struct tag *tag)
{
	return tag->name_len == 2 && tag->name[0] == 'h' && tag->name[1] >= '1' &&
			       tag->name[1] <= '6'
		       ? tag->name[1] - '0'
		       : 0;
}

static int place_heading(struct outline *outline, int level, int above)
{
	while (outline->depth > 0 && outline->levels[outline->depth - 1] >= level)
		outline->depth--;
	if (outline->depth < HEADINGS)
		outline->levels[outline->depth++] = level;
	level = above + outline->depth;
	return level > DEEPEST ? DEEPEST : level;
}

static bool is_void(const struct tag *tag)
{
	static const char *const names[] = {"br", "col", "hr", "img", "source", "wbr"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (is_tag(tag, names[i]))
			return true;
	}
	return false;
}

/* Attributes as XML wants them: each with a value. */
static void put_xml_attributes(const char *p, const char *end, struct buf *to)
{
	while (p < end) {
		const char *name, *value;

		while (p < end && (str_is_space(*p) || *p == '/'))
			p++;
		for (name = p; p < end && *p != '=' && !str_is_space(*p); p++)
			continue;
		if (p == name)
			break;
		buf_putc(to, ' ');
		buf_put(to, name, (size_t)(p - name));
		if (p + 1 >= end || p[0] != '=' || p[1] != '"') {
			buf_puts(to, "=\"\"");
			continue;
		}
		value = p + 2;
		p = memchr(value, '"', (size_t)(end - value));
		if (!p)
			p = end;
		buf_puts(to, "=\"");
		buf_put(to, value, (size_t)(p - value));
		buf_putc(to, '"');
		p += p < end;
	}
}

static bool attribute(const struct tag *tag, const char *name, const char **value, size_t *len)
{
	const char *p = tag->rest, *end = p + tag->rest_len;
	size_t name_len = strlen(name);

	for (; p + name_len + 3 < end; p++) {
		if (str_is_space(*p) && memcmp(p + 1, name, name_len) == 0 &&
			memcmp(p + 1 + name_len, "=\"", 2) == 0) {
			*value = p + name_len + 3;
			p = memchr(*value, '"', (size_t)(end - *value));
			*len = (size_t)((p ? p : end) - *value);
			return true;
		}
		if (*p == '"') { /* not inside of values */
			p = memchr(p + 1, '"', (size_t)(end - p - 1));
			if (!p)
				return false;
		}
	}
	return false;
}

/* EPUB 3.3, 3.6: an image outside the container is not shown; its words stay. */
static void put_picture_words(const struct tag *tag, struct buf *to)
{
	const char *alt;
	size_t len;

	if (attribute(tag, "alt", &alt, &len) && len > 0) {
		buf_puts(to, "<span class=\"picture\">[");
		buf_put(to, alt, len);
		buf_puts(to, "]</span>");
	}
}

static bool is_media(const struct tag *tag)
{
	return is_tag(tag, "audio") || is_tag(tag, "video") || is_tag(tag, "source") ||
	       is_tag(tag, "picture");
}

static void put_xhtml_tag(const struct tag *tag, int level, struct buf *to)
{
	if (is_tag(tag, "img")) {
		put_picture_words(tag, to);
		return;
	}
	if (is_media(tag))
		return;
	buf_puts(to, tag->is_end ? "</" : "<");
	if (level)
		buf_printf(to, "h%d", level);
	else
		buf_put(to, tag->name, tag->name_len);
	if (!tag->is_end)
		put_xml_attributes(tag->rest, tag->rest + tag->rest_len, to);
	buf_puts(to, is_void(tag) ? "/>" : ">");
}

static void put_html_tag(const struct tag *tag, int level, struct buf *to)
{
	buf_puts(to, tag->is_end ? "</" : "<");
	if (level)
		buf_printf(to, "h%d", level);
	else
		buf_put(to, tag->name, tag->name_len);
	if (is_tag(tag, "img"))
		buf_puts(to, " loading=\"lazy\" decoding=\"async\"");
	if (is_tag(tag, "img") && !memmem(tag->rest, tag->rest_len, " alt=", 5))
		buf_puts(to, " alt=\"\"");
	if ((is_tag(tag, "video") || is_tag(tag, "audio")) && !tag->is_end)
		buf_puts(to, " preload=\"none\"");
	buf_put(to, tag->rest, tag->rest_len);
	buf_putc(to, '>');
}

static void put_text(const char *text, size_t len, enum body_form form, struct buf *to)
{
	const char *end = text + len, *entity;

	/* XML knows five names; the sanitiser writes one more. */
	while (form == BODY_XHTML &&
		(entity = memmem(text, (size_t)(end - text), "&nbsp;", 6)) != NULL) {
		buf_put(to, text, (size_t)(entity - text));
		buf_puts(to, "&#160;");
		text = entity + 6;
	}
	buf_put(to, text, (size_t)(end - text));
}

void body_put(const char *html, int above, enum body_form form, struct buf *to)
{
	struct outline outline = {{0}, 0, 0};
	const char *p = html ? html : "";

	while (*p) {
		const char *open = strchrnul(p, '<'), *next;
		struct tag tag;
		int level;

		put_text(p, (size_t)(open - p), form, to);
		if (!*open)
			break;
		next = read_tag(open, &tag);
		if (!next) {
			buf_puts(to, "&lt;");
			p = open + 1;
			continue;
		}
		level = heading_level(&tag);
		if (level && !tag.is_end)
			outline.written = place_heading(&outline, level, above);
		if (level)
			level = outline.written ? outline.written : above + 1;
		if (form == BODY_XHTML)
			put_xhtml_tag(&tag, level, to);
		else
			put_html_tag(&tag, level, to);
		p = next;
	}
}

bool body_has_image(const char *html)
{
	return html && strstr(html, "<img") != NULL;
}

bool body_shows(const char *html, const char *image)
{
	const char *end = image + strcspn(image, "?#");
	const char *start = image + (str_starts(image, "https:")         ? 6
					    : str_starts(image, "http:") ? 5
									 : 0);

	return html && end > start && memmem(html, strlen(html), start, (size_t)(end - start));
}

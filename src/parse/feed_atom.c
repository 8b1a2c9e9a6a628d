/* The elements of Atom 1.0 and 0.3. Source: RFC 4287; the Atom 0.3 draft. */
#include "parse/feed_xml.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "parse/charset_codec.h"

#include <string.h>

enum atom_text {
	ATOM_TEXT,
	ATOM_HTML,
	ATOM_XHTML,
	ATOM_BASE64_TEXT,
	ATOM_BASE64_HTML,
	ATOM_MEDIA, /* by its type no text, but what is in it decides */
	ATOM_NOTHING,
};

static bool is_html_type(const char *type)
{
	return str_istarts(type, "text/html") || str_ieq(type, "html") ||
	       str_istarts(type, "application/xhtml") || str_ieq(type, "xhtml");
}

/* RFC 4287, 3.1.1 and 4.1.3.3; Atom 0.3: type is a MIME type and mode says how it is written. */
static enum atom_text text_kind(struct feed_build *b, const struct xml_node *node)
{
	const char *type = node_attribute(b, node, "type"), *mode = node_attribute(b, node, "mode");
	bool has_elements = node_has_elements(node);

	if (str_ieq(mode, "base64"))
		return is_html_type(type ? type : "")        ? ATOM_BASE64_HTML
		       : !type || str_istarts(type, "text/") ? ATOM_BASE64_TEXT
							     : ATOM_MEDIA;
	if (!type || str_ieq(type, "text") || str_ieq(type, "text/plain"))
		return has_elements ? ATOM_XHTML : ATOM_TEXT;
	if (str_ieq(type, "xhtml") || str_istarts(type, "application/xhtml"))
		return has_elements ? ATOM_XHTML : ATOM_HTML; /* no tags: they were escaped */
	if (is_html_type(type))
		return has_elements && str_ieq(mode, "xml") ? ATOM_XHTML : ATOM_HTML;
	if (str_istarts(type, "text/"))
		return ATOM_TEXT;
	if (has_elements) /* application/xml with XHTML in it */
		return ATOM_XHTML;
	return strchr(type, '/') ? ATOM_MEDIA : ATOM_TEXT;
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Nothing but base64, and whole. */
static bool is_base64(const struct buf *text)
{
	size_t i, digits = 0, pads = 0;

	for (i = 0; i < text->len; i++) {
		if (str_is_space(text->data[i]))
			continue;
		if (text->data[i] == '=')
			pads++;
		else if (pads > 0 || base64_digit(text->data[i]) < 0)
			return false;
		else
			digits++;
	}
	return digits > 0 && pads <= 2 && (digits + pads) % 4 == 0;
}

/* In place; what is no digit is passed over. */
static void decode_base64(struct buf *text)
{
	size_t i, n = 0;
	unsigned bits = 0, count = 0;

	for (i = 0; i < text->len; i++) {
		int digit = base64_digit(text->data[i]);

		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			text->data[n++] = (char)(bits >> count);
		}
	}
	buf_truncate(text, n);
}

/* What stood in base64 was not seen by the charset's reader. */
static void clean_text(struct feed_build *b)
{
	struct buf clean = {0};

	charset_put_utf8(buf_text(&b->text), b->text.len, &clean);
	charset_drop_controls(&clean);
	buf_finish(&b->text);
	b->text = clean;
}

static bool has_tags(const char *text)
{
	for (; (text = strchr(text, '<')) != NULL; text++) {
		if (str_is_alpha(text[1]) || text[1] == '/')
			return true;
	}
	return false;
}

/*
 * RFC 4287, 4.1.3.3: what is neither text nor XML is base64. Feeds call text application/json or
 * application/octet-stream, in base64 or not; pictures and films stay out.
 */
static enum atom_text read_media(struct feed_build *b)
{
	size_t len;

	if (is_base64(&b->text)) {
		decode_base64(&b->text);
		len = b->text.len;
		if (!utf8_is_valid(buf_text(&b->text), len))
			return ATOM_NOTHING;
		clean_text(b);
		if (b->text.len < len) /* control characters: no text */
			return ATOM_NOTHING;
	}
	return has_tags(buf_text(&b->text)) ? ATOM_HTML : ATOM_TEXT;
}

/* RFC 4287, 3.1.1.3: the div is not part of the content. */
static const struct xml_node *without_div(struct feed_build *b, const struct xml_node *node)
{
	const struct xml_node *div = node_child(b, node, XML_NS_XHTML, "div"), *child;
	size_t i;

	for (child = node->first; div && child; child = child->next) {
		if (child == div)
			continue;
		if (child->kind == XML_ELEMENT)
			return node;
		for (i = 0; i < child->text_len; i++) {
			if (!str_is_space(child->text[i]))
				return node;
		}
	}
	return div ? div : node;
}

/* The construct's source into b->text, what its links resolve against, and what it is. */
static enum atom_text read_construct(
	struct feed_build *b, const struct xml_node *node, const char **base)
{
	enum atom_text kind = text_kind(b, node);

	buf_clear(&b->text);
	if (kind == ATOM_XHTML)
		node = without_div(b, node);
	*base = node->base;
	if (kind == ATOM_XHTML || kind == ATOM_HTML)
		node_source(b, node, kind == ATOM_HTML, &b->text);
	else
		node_text(b, node, &b->text);
	switch (kind) {
	case ATOM_BASE64_TEXT:
	case ATOM_BASE64_HTML:
		decode_base64(&b->text);
		clean_text(b);
		return kind == ATOM_BASE64_HTML ? ATOM_HTML : ATOM_TEXT;
	case ATOM_MEDIA: return read_media(b);
	case ATOM_XHTML: return ATOM_HTML;
	default: return kind;
	}
}

static const char *plain_construct(struct feed_build *b, const struct xml_node *node)
{
	const char *base;

	switch (read_construct(b, node, &base)) {
	case ATOM_HTML: return build_title_html(b, buf_text(&b->text), b->text.len);
	case ATOM_TEXT: return build_title(b, buf_text(&b->text), b->text.len);
	default: return NULL;
	}
}

static const char *html_construct(struct feed_build *b, const struct xml_node *node)
{
	const char *base;

	switch (read_construct(b, node, &base)) {
	case ATOM_HTML: return build_html(b, buf_text(&b->text), b->text.len, base);
	case ATOM_TEXT: return build_escaped(b, buf_text(&b->text), b->text.len);
	default: return NULL;
	}
}

/* In a feed of another format Atom's elements are guests. */
static int own_rank(const struct feed_build *b, int rank)
{
	return b->home != XML_NS_ATOM && rank == RANK_OWN ? RANK_GUEST : rank;
}

static void take_atom_title(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_TITLE, own_rank(b, rank), plain_construct(b, node));
}

static void take_atom_summary(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_SUMMARY, own_rank(b, rank),
		b->entry ? html_construct(b, node) : plain_construct(b, node));
}

static void take_atom_content(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *src = node_attribute(b, node, "src"), *type;

	if (!b->entry)
		return;
	build_set(b, FIELD_CONTENT, own_rank(b, rank), html_construct(b, node));
	if (!src) /* RFC 4287, 4.1.3.2: content out of line */
		return;
	src = build_url(b, src, node->base);
	type = node_attribute(b, node, "type");
	build_set(b, FIELD_CONTENT_URL, rank, src);
	if (!type || is_html_type(type)) /* a page of the entry, where no link names one */
		build_set(b, FIELD_URL, RANK_MAKESHIFT, src);
}

static void take_atom_published(struct feed_build *b, const struct xml_node *node, int rank)
{
	take_published(b, node, own_rank(b, rank));
}

static void take_atom_updated(struct feed_build *b, const struct xml_node *node, int rank)
{
	take_updated(b, node, own_rank(b, rank));
}

static void take_atom_id(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);

	build_set(b, FIELD_ID, own_rank(b, rank), text);
	if (text && url_is_web(text)) /* a page is better guessed than missed */
		build_set(b, FIELD_URL, RANK_MAKESHIFT, build_url(b, text, node->base));
}

/* RFC 4287, 3.2; Atom 0.3 has url, others homepage. */
static struct doc_author read_person(struct feed_build *b, const struct xml_node *person)
{
	enum xml_ns ns =
		person->first && node_child(b, person, XML_NS_ATOM, "name") ? XML_NS_ATOM : b->home;
	const struct xml_node *name = node_child(b, person, ns, "name");
	const struct xml_node *email = node_child(b, person, ns, "email");
	const struct xml_node *url = node_child(b, person, ns, "uri");
	struct doc_author author = {0};

	if (!url)
		url = node_child(b, person, ns, "url");
	if (!url)
		url = node_child(b, person, ns, "homepage");
	author.name = name ? node_plain(b, name) : NULL;
	author.email = email ? node_string(b, email) : NULL;
	author.url = url ? build_url(b, node_string(b, url), url->base) : NULL;
	return author;
}

void take_atom_author(struct feed_build *b, const struct xml_node *node, int rank)
{
	struct doc_author author;

	if (!node_has_elements(node)) {
		build_add_person(b, rank, node_plain(b, node));
		return;
	}
	author = read_person(b, node);
	build_add_author(b, rank, author.name, author.email, author.url);
}

static void take_atom_contributor(struct feed_build *b, const struct xml_node *node, int rank)
{
	struct doc_author person;

	if (!node_has_elements(node)) {
		take_contributor(b, node, rank);
		return;
	}
	person = read_person(b, node);
	build_add_credit(b, person.name ? person.name : person.email, "contributor", person.url);
}

static void take_atom_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *term = attribute_plain(b, node, "term");
	const char *label = attribute_plain(b, node, "label");

	(void)rank;
	if (!term)
		term = label ? label : node_plain(b, node);
	build_add_category(b, term, label, node_attribute(b, node, "scheme"));
}

static void take_atom_rights(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_RIGHTS, own_rank(b, rank), plain_construct(b, node));
}

static void take_atom_generator(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *name = node_plain(b, node), *version = attribute_plain(b, node, "version");

	if (name && version)
		name = arena_printf(b->arena, "%s %s", name, version);
	build_set(b, FIELD_GENERATOR, own_rank(b, rank), name);
}

/* --- links --- */

/* RFC 4287, 4.2.7.2: the URI form of a registered relation means the same. */
static const char *relation_of(struct feed_build *b, const struct xml_node *node)
{
	static const char *const starts[] = {
		"http://www.iana.org/assignments/relation/",
		"http://www.iana.org/assignments/link-relations/",
		"http://www.iana.org/assignments/link-relations#",
		"https://www.iana.org/assignments/link-relations/",
	};
	const char *rel = node_attribute(b, node, "rel");
	size_t i;

	if (!rel)
		return "alternate";
	for (i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_istarts(rel, starts[i]))
			return rel + strlen(starts[i]);
	}
	return rel;
}

static bool is_page_type(const char *type)
{
	return !type || is_html_type(type);
}

/*
 * One that says what it is and is a page counts more than one that says nothing, and both more
 * than the same article in another format.
 */
static int alternate_rank(
	struct feed_build *b, const struct xml_node *node, int rank, const char *type)
{
	const char *rel = node_attribute(b, node, "rel");
	bool is_said = rel && str_ends(rel, "alternate");

	if (rank == RANK_OWN && !is_page_type(type))
		return RANK_GUEST;
	return rank == RANK_OWN && is_said ? RANK_BEST : rank;
}

/* href, or what some write between the tags. An empty one is the document itself. */
static const char *link_target(struct feed_build *b, const struct xml_node *node)
{
	const struct xml_attribute *href = xml_attribute(node, "href");

	if (href && href->value_len == 0 && node->base)
		return build_url(b, node->base, NULL);
	return build_url(
		b, href ? node_attribute(b, node, "href") : node_string(b, node), node->base);
}

static void take_atom_enclosure(
	struct feed_build *b, const struct xml_node *node, int rank, const char *url)
{
	struct doc_enclosure enclosure = {
		.url = url,
		.type = node_attribute(b, node, "type"),
		.length = build_length(node_attribute(b, node, "length")),
		.title = attribute_plain(b, node, "title"),
		.language = node_attribute(b, node, "hreflang"),
	};

	build_add_enclosure(b, rank, &enclosure);
}

/* RFC 4685, 4: a page, or a feed of the answers, with their number. */
static void take_replies(
	struct feed_build *b, const struct xml_node *node, int rank, const char *url)
{
	const struct xml_attribute *count = xml_attribute_ns(node, XML_NS_THR, "count");
	const char *type = node_attribute(b, node, "type");

	/* without a type it is mostly a feed */
	build_set(b, type && is_html_type(type) ? FIELD_COMMENTS : FIELD_COMMENTS_FEED, rank, url);
	if (!count || b->entry->comment_count >= 0)
		return;
	buf_clear(&b->text);
	xml_put_text(b->reader, count->value, count->value_len, false, &b->text);
	b->entry->comment_count = build_length(buf_text(&b->text));
}

/* Relations of a feed that are one of its fields. */
static const struct {
	const char *rel;
	enum feed_field field;
} feed_relations[] = {
	{"self", FIELD_SELF},
	{"hub", FIELD_HUB}, /* WebSub, 4 */
	{"next", FIELD_NEXT},
	{"prev-archive", FIELD_PREV_ARCHIVE},
	{"current", FIELD_CURRENT},
};

static void take_feed_relation(struct feed_build *b, const char *rel, int rank, const char *url)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(feed_relations); i++) {
		if (str_ieq(rel, feed_relations[i].rel))
			build_set(b, feed_relations[i].field, rank, url);
	}
}

void take_atom_link(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *rel = relation_of(b, node), *url = link_target(b, node);

	rank = own_rank(b, rank);
	if (!url)
		return;
	if (str_ieq(rel, "alternate"))
		build_set(b, FIELD_URL,
			alternate_rank(b, node, rank, node_attribute(b, node, "type")), url);
	else if (str_ieq(rel, "license"))
		build_set(b, FIELD_LICENSE, rank, url);
	else if (!b->entry)
		take_feed_relation(b, rel, rank, url);
	else if (str_ieq(rel, "enclosure"))
		take_atom_enclosure(b, node, rank, url);
	else if (str_ieq(rel, "replies"))
		take_replies(b, node, rank, url);
}

static void take_icon(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_ICON, rank, build_url(b, node_string(b, node), node->base));
}

static void take_logo(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_add_image(b, own_rank(b, rank), build_url(b, node_string(b, node), node->base), 0, 0);
}

static void take_atom_person(struct feed_build *b, const struct xml_node *node, int rank)
{
	take_atom_author(b, node, rank);
}

#define ROW(name, take, rank) FEED_ROW(XML_NS_ATOM, name, take, rank)

const struct feed_row atom_entry_rows[] = {
	ROW("title", take_atom_title, RANK_OWN),
	ROW("link", take_atom_link, RANK_OWN),
	ROW("id", take_atom_id, RANK_OWN),
	ROW("summary", take_atom_summary, RANK_OWN),
	ROW("content", take_atom_content, RANK_OWN),
	ROW("published", take_atom_published, RANK_OWN),
	ROW("issued", take_atom_published, RANK_GUEST),
	ROW("created", take_atom_published, RANK_LAST),
	ROW("updated", take_atom_updated, RANK_OWN),
	ROW("modified", take_atom_updated, RANK_EXTENSION),
	ROW("author", take_atom_person, RANK_GUEST),
	ROW("category", take_atom_category, RANK_OWN),
	ROW("source", take_source, RANK_OWN),
	ROW("contributor", take_atom_contributor, RANK_OWN),
	ROW("rights", take_atom_rights, RANK_OWN),
	{0},
};

const struct feed_row atom_feed_rows[] = {
	ROW("title", take_atom_title, RANK_OWN),
	ROW("link", take_atom_link, RANK_OWN),
	ROW("id", take_atom_id, RANK_OWN),
	ROW("subtitle", take_atom_summary, RANK_OWN),
	ROW("tagline", take_atom_summary, RANK_OWN),
	ROW("info", take_atom_summary, RANK_LAST),
	ROW("updated", take_atom_updated, RANK_OWN),
	ROW("modified", take_atom_updated, RANK_OWN),
	ROW("published", take_atom_updated, RANK_LAST),
	ROW("author", take_atom_person, RANK_GUEST),
	ROW("category", take_atom_category, RANK_OWN),
	ROW("icon", take_icon, RANK_OWN),
	ROW("logo", take_logo, RANK_OWN),
	ROW("contributor", take_atom_contributor, RANK_OWN),
	ROW("rights", take_atom_rights, RANK_OWN),
	ROW("copyright", take_atom_rights, RANK_GUEST), /* Atom 0.3 */
	ROW("generator", take_atom_generator, RANK_OWN),
	{0},
};

/* The elements of Atom 1.0 and 0.3. Source: RFC 4287; the Atom 0.3 draft. */
#include "parse/feed_xml.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/charset_codec.h"

#include <string.h>

enum atom_text { ATOM_TEXT, ATOM_HTML, ATOM_XHTML, ATOM_BASE64_TEXT, ATOM_BASE64_HTML, ATOM_OTHER };

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
							     : ATOM_OTHER;
	if (!type || str_ieq(type, "text") || str_ieq(type, "text/plain"))
		return has_elements ? ATOM_XHTML : ATOM_TEXT;
	if (str_ieq(type, "xhtml") || str_istarts(type, "application/xhtml"))
		return has_elements ? ATOM_XHTML : ATOM_HTML; /* no tags: they were escaped */
	if (is_html_type(type))
		return has_elements && str_ieq(mode, "xml") ? ATOM_XHTML : ATOM_HTML;
	if (str_istarts(type, "text/"))
		return ATOM_TEXT;
	return strchr(type, '/') ? ATOM_OTHER : has_elements ? ATOM_XHTML : ATOM_TEXT;
}

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
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

/* The construct's source into b->text, what its links resolve against, and what it is. */
static enum atom_text read_construct(
	struct feed_build *b, const struct xml_node *node, const char **base)
{
	enum atom_text kind = text_kind(b, node);
	const struct xml_node *div = NULL;
	struct buf clean = {0};

	*base = node->base;
	buf_clear(&b->text);
	switch (kind) {
	case ATOM_XHTML:
		div = node_child(b, node, XML_NS_XHTML, "div");
		/* RFC 4287, 3.1.1.3: the div is not part of the content */
		if (div && div->next == NULL && div == node->first)
			*base = div->base;
		else
			div = node;
		node_source(b, div, false, &b->text);
		return ATOM_HTML;
	case ATOM_HTML: node_source(b, node, true, &b->text); return ATOM_HTML;
	case ATOM_TEXT: node_text(b, node, &b->text); return ATOM_TEXT;
	case ATOM_BASE64_TEXT:
	case ATOM_BASE64_HTML:
		node_text(b, node, &b->text);
		decode_base64(&b->text);
		charset_put_utf8(buf_text(&b->text), b->text.len, &clean);
		buf_finish(&b->text);
		b->text = clean;
		return kind == ATOM_BASE64_HTML ? ATOM_HTML : ATOM_TEXT;
	case ATOM_OTHER: break;
	}
	return ATOM_OTHER;
}

static const char *plain_construct(struct feed_build *b, const struct xml_node *node)
{
	const char *base;

	switch (read_construct(b, node, &base)) {
	case ATOM_HTML: return build_plain_html(b, buf_text(&b->text), b->text.len);
	case ATOM_TEXT: return build_plain(b, buf_text(&b->text), b->text.len);
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

void take_atom_title(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_TITLE, own_rank(b, rank), plain_construct(b, node));
}

void take_atom_summary(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_SUMMARY, own_rank(b, rank),
		b->entry ? html_construct(b, node) : plain_construct(b, node));
}

void take_atom_content(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (b->entry)
		build_set(b, FIELD_CONTENT, own_rank(b, rank), html_construct(b, node));
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

void take_atom_author(struct feed_build *b, const struct xml_node *node, int rank)
{
	enum xml_ns ns =
		node->first && node_child(b, node, XML_NS_ATOM, "name") ? XML_NS_ATOM : b->home;
	const struct xml_node *part;
	const char *name = NULL, *email = NULL, *url = NULL;

	if (!node_has_elements(node)) {
		buf_clear(&b->text);
		node_text(b, node, &b->text);
		build_add_person(b, rank, build_plain(b, buf_text(&b->text), b->text.len));
		return;
	}
	part = node_child(b, node, ns, "name");
	if (part) {
		buf_clear(&b->text);
		node_text(b, part, &b->text);
		name = build_plain(b, buf_text(&b->text), b->text.len);
	}
	part = node_child(b, node, ns, "email");
	if (part)
		email = node_string(b, part);
	part = node_child(b, node, ns, "uri");
	if (!part)
		part = node_child(b, node, ns, "url"); /* Atom 0.3 */
	if (!part)
		part = node_child(b, node, ns, "homepage");
	if (part)
		url = build_url(b, node_string(b, part), part->base);
	build_add_author(b, rank, name, email, url);
}

void take_atom_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *term = node_attribute(b, node, "term");

	(void)rank;
	if (!term)
		term = node_attribute(b, node, "label");
	if (!term)
		term = node_string(b, node);
	if (term)
		build_add_category(b, build_plain(b, term, strlen(term)));
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

void take_atom_link(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *rel = relation_of(b, node), *url = link_target(b, node);
	const char *type = node_attribute(b, node, "type");
	struct feed_doc *doc = b->doc;

	rank = own_rank(b, rank);
	if (!url)
		return;
	if (str_ieq(rel, "alternate")) {
		build_set(b, FIELD_URL, alternate_rank(b, node, rank, type), url);
	} else if (str_ieq(rel, "enclosure")) {
		build_add_enclosure(b, rank, url, type, node_attribute(b, node, "length"));
	} else if (b->entry && str_ieq(rel, "replies")) {
		if (type && is_html_type(type)) /* without a type it is mostly a feed */
			build_set(b, FIELD_COMMENTS, rank, url);
	} else if (b->entry) {
		return;
	} else if (str_ieq(rel, "self")) {
		build_set(b, FIELD_SELF, rank, url);
	} else if (str_ieq(rel, "hub") && !doc->hub) {
		doc->hub = url;
	} else if (str_ieq(rel, "next")) {
		build_set(b, FIELD_NEXT, rank, url);
	} else if (str_ieq(rel, "prev-archive") && !doc->prev_archive) {
		doc->prev_archive = url;
	}
}

static void take_icon(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_ICON, rank, build_url(b, node_string(b, node), node->base));
}

static void take_logo(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(
		b, FIELD_IMAGE, own_rank(b, rank), build_url(b, node_string(b, node), node->base));
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
	{0},
};

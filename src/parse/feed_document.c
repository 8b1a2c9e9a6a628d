/* The way through an XML feed: its root, its containers, its entries one after the other. */
#include "parse/feed_formats.h"
#include "parse/feed_xml.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"

#include <string.h>
#include <strings.h>

static bool is_name(const char *name, size_t len, const char *want)
{
	return strncasecmp(name, want, len) == 0 && want[len] == '\0';
}

static const struct xml_attribute *root_attribute(const struct xml_reader *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->attribute_count; i++) {
		if (r->attributes[i].ns == XML_NS_NONE &&
			is_name(r->attributes[i].name, r->attributes[i].name_len, name))
			return &r->attributes[i];
	}
	return NULL;
}

static bool uri_has(const struct xml_reader *r, const char *part)
{
	return r->uri && memmem(r->uri, r->uri_len, part, strlen(part));
}

static const char *recognise_rss(const struct xml_reader *r)
{
	static const struct {
		const char *start, *format;
	} versions[] = {
		{"0.90", "rss090"},
		{"0.91", "rss091"},
		{"0.92", "rss092"},
		{"0.93", "rss093"},
		{"0.94", "rss094"},
		{"1.0", "rss10"},
	};
	const struct xml_attribute *version = root_attribute(r, "version");
	size_t i;

	for (i = 0; version && i < ARRAY_LEN(versions); i++) {
		size_t len = strlen(versions[i].start);

		if (version->value_len >= len &&
			memcmp(version->value, versions[i].start, len) == 0)
			return versions[i].format;
	}
	return "rss20";
}

/* Settled once the channel or an item shows its namespace: RDF holds other things, too. */
static const char *recognise_rdf(const struct xml_reader *r)
{
	size_t i;

	if (r->ns != XML_NS_RDF && r->ns != XML_NS_NONE)
		return NULL;
	for (i = 0; i < r->prefix_count; i++) {
		/* the prefixes of the root are all that are declared yet */
		if (xml_prefix_has(r, i, "my.netscape.com/rdf") ||
			xml_prefix_has(r, i, "channel.netscape.com/rdf"))
			return "rss090";
	}
	return "rss10";
}

static const char *recognise_atom(const struct xml_reader *r)
{
	const struct xml_attribute *version = root_attribute(r, "version");

	if (uri_has(r, "purl.org/atom") || uri_has(r, "echo") || uri_has(r, "pie"))
		return "atom03";
	/* a wrong namespace is forgiven where the elements are Atom's */
	if (r->ns == XML_NS_OTHER && !version &&
		!memmem(r->at, (size_t)(r->end - r->at), "<entry", 6))
		return NULL;
	if (version && version->value_len >= 2 && memcmp(version->value, "0.", 2) == 0)
		return "atom03";
	return "atom10";
}

/* <Channel HREF="..."> is CDF; without that it is RSS that lost its root. */
static const char *recognise_channel(const struct xml_reader *r)
{
	static const char *const signs[] = {"href", "self", "base", "lastmod", "level"};
	size_t i;

	if (uri_has(r, "rss1.1"))
		return "rss10";
	for (i = 0; i < ARRAY_LEN(signs); i++) {
		if (root_attribute(r, signs[i]))
			return "cdf";
	}
	return *r->name == 'C' ? "cdf" : "rss20";
}

static const char *recognise_redirect(const struct xml_reader *r)
{
	return r->attribute_count == 0 && r->ns == XML_NS_NONE ? "rss20" : NULL;
}

static const char *recognise_entry(const struct xml_reader *r)
{
	return r->ns == XML_NS_ATOM ? recognise_atom(r) : NULL;
}

const struct feed_format feed_formats[] = {
	{"rss", recognise_rss, XML_NS_NONE, " channel items ", "item", false},
	{"rdf", recognise_rdf, XML_NS_NONE, " channel ", "item", false},
	{"feed", recognise_atom, XML_NS_ATOM, " ", "entry", false},
	{"channel", recognise_channel, XML_NS_NONE, " channel items ", "item", false},
	{"entry", recognise_entry, XML_NS_ATOM, " ", "entry", true},
	{"redirect", recognise_redirect, XML_NS_NONE, " ", "item", false},
	{0},
};

/* --- finding the root --- */

/*
 * What may stand before the root: what a web server or a script printed by mistake. Any other
 * element is the root of some other document.
 */
static bool is_junk(const struct xml_reader *r)
{
	static const char *const names[] = {"br", "b", "p", "pre", "font", "div", "span", "script",
		"style", "i", "strong", "em", "table", "hr", "a", "img", "link", "center", "h1"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (is_name(r->name, r->name_len, names[i]))
			return true;
	}
	return false;
}

static const struct feed_format *find_root(struct xml_reader *r, const char **name)
{
	const struct feed_format *format;
	enum xml_event event;

	while ((event = xml_next(r)) != XML_END_OF_DOCUMENT) {
		if (event != XML_START)
			continue;
		for (format = feed_formats; format->root; format++) {
			if (!is_name(r->name, r->name_len, format->root))
				continue;
			*name = format->recognise(r);
			if (*name)
				return format;
		}
		if (!is_junk(r))
			return NULL;
	}
	return NULL;
}

/* --- rows --- */

static const struct feed_row *find_row(
	const struct feed_row *rows, enum xml_ns ns, const struct xml_node *node)
{
	for (; rows->name; rows++) {
		if (rows->ns == ns && rows->len == node->name_len &&
			strncasecmp(rows->name, node->name, node->name_len) == 0)
			return rows;
	}
	return NULL;
}

static void take_element(struct feed_build *b, const struct xml_node *node)
{
	enum xml_ns ns = node_ns(b, node);
	const struct feed_row *rows;

	b->at = (size_t)(node->name - b->source);
	b->is_link_due = false;
	if (ns == XML_NS_NONE)
		rows = b->entry ? rss_entry_rows : rss_feed_rows;
	else if (ns == XML_NS_ATOM)
		rows = b->entry ? atom_entry_rows : atom_feed_rows;
	else
		rows = b->entry ? extension_entry_rows : extension_feed_rows;
	rows = find_row(rows, ns, node);
	if (rows)
		rows->take(b, node, rows->rank);
}

static void take_entry(struct feed_build *b, const struct xml_node *node)
{
	const struct xml_node *child;

	build_begin_entry(b);
	take_entry_attributes(b, node);
	for (child = node->first; child; child = child->next) {
		if (child->kind == XML_ELEMENT)
			take_element(b, child);
		else if (b->is_link_due)
			take_text_after_link(b, child->text, child->text_len, node->base);
	}
	build_end_entry(b);
}

/* --- the way through --- */

static bool is_entry_start(const struct xml_reader *r)
{
	if (r->name_len == 4)
		return is_name(r->name, r->name_len, "item") &&
		       (r->ns == XML_NS_NONE || r->ns == XML_NS_OTHER) && r->name[-1] != ':';
	return r->ns == XML_NS_ATOM && is_name(r->name, r->name_len, "entry");
}

static bool is_one_of(
	enum xml_ns ns, const char *name, size_t len, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; ns == XML_NS_NONE && i < count; i++) {
		if (is_name(name, len, names[i]))
			return true;
	}
	return false;
}

/* An element of RSS without its end tag: what starts cannot be inside of it. */
static bool is_unended(const struct xml_reader *r, const struct xml_node *parent)
{
	static const char *const lines[] = {
		"title", "link", "guid", "pubdate", "author", "category", "comments"};
	static const char *const texts[] = {"description"};
	/* the first of them could be HTML within a description */
	static const char *const others[] = {"link", "description", "guid", "pubdate", "author",
		"category", "comments", "enclosure"};
	enum { HTML_NAMES = 2 };

	if (is_one_of(parent->ns, parent->name, parent->name_len, lines, ARRAY_LEN(lines)))
		return is_one_of(r->ns, r->name, r->name_len, others, ARRAY_LEN(others));
	if (is_one_of(parent->ns, parent->name, parent->name_len, texts, ARRAY_LEN(texts)))
		return is_one_of(r->ns, r->name, r->name_len, others + HTML_NAMES,
			ARRAY_LEN(others) - HTML_NAMES);
	return false;
}

/* Which end tags are missing. Content may hold whole documents, so nothing is told from there. */
static enum xml_place place_element(const struct xml_reader *r, const struct xml_node *parent)
{
	const struct xml_node *node;

	if (is_unended(r, parent))
		return XML_AFTER_PARENT;
	if (!is_entry_start(r) || r->is_empty_element)
		return XML_INSIDE;
	for (node = parent; node; node = node->parent) {
		if (node->ns == XML_NS_XHTML || is_name(node->name, node->name_len, "content") ||
			is_name(node->name, node->name_len, "encoded"))
			return XML_INSIDE;
		if (node->ns != XML_NS_NONE && node->ns != XML_NS_ATOM && node->name[-1] == ':')
			return XML_INSIDE;
	}
	return XML_AFTER_TOP;
}

static bool is_container(const struct feed_format *format, const struct xml_reader *r)
{
	char key[16];

	if (r->name_len + 3 > sizeof(key) || r->ns == XML_NS_RDF)
		return false;
	key[0] = ' ';
	memcpy(key + 1, r->name, r->name_len);
	key[r->name_len + 1] = ' ';
	key[r->name_len + 2] = '\0';
	return str_ifind(format->containers, key) != NULL;
}

static enum xml_ns event_ns(const struct feed_build *b, const struct xml_reader *r)
{
	if (b->is_home_alien && r->ns == b->alien && r->name[-1] != ':')
		return b->home;
	return r->ns;
}

static void on_warning(void *context, size_t at, const char *what)
{
	build_warn(context, at, what);
}

/* Attributes of a container: its address and time (CDF), its language. */
static void take_container(struct feed_build *b, struct xml_reader *r)
{
	struct xml_node node = {.kind = XML_ELEMENT,
		.attributes = r->attributes,
		.attribute_count = r->attribute_count,
		.base = xml_base(r),
		.language = xml_language(r)};
	const char *self;

	take_entry_attributes(b, &node);
	self = node_attribute(b, &node, "self");
	build_set(b, FIELD_SELF, RANK_GUEST, build_url(b, self, node.base));
}

static void take_started(struct feed_build *b, const struct feed_format *format)
{
	struct xml_reader *r = b->reader;
	bool is_home = event_ns(b, r) == b->home;
	const struct xml_node *node;

	b->entry = NULL;
	if (is_home && is_container(format, r)) {
		take_container(b, r);
		return;
	}
	node = xml_collect(r, &b->tree, place_element);
	if (is_home && is_name(node->name, node->name_len, format->entry))
		take_entry(b, node);
	else
		take_element(b, node);
	arena_finish(&b->tree);
}

/* The default namespace of the root is taken for the format's own. */
static void set_home(struct feed_build *b, const struct feed_format *format)
{
	const struct xml_reader *r = b->reader;

	b->home = format->home;
	if (str_eq(format->root, "rdf")) {
		b->alien = XML_NS_OTHER;
		b->is_home_alien = true;
	} else if (r->ns != format->home) {
		b->alien = r->ns;
		b->is_home_alien = true;
	}
}

bool feed_read_xml(struct feed_build *b, const char *text, size_t len)
{
	const struct feed_format *format;
	struct xml_reader r;
	enum xml_event event;

	xml_reader_init(&r, text, len, b->base_url, b->arena);
	b->reader = &r;
	b->source = text;
	format = find_root(&r, &b->doc->format);
	if (format) {
		r.on_warning = on_warning;
		r.warning_context = b;
		set_home(b, format);
		if (format->is_entry) {
			take_entry(b, xml_collect(&r, &b->tree, place_element));
			arena_finish(&b->tree);
		} else {
			take_container(b, &r);
		}
	}
	while (format && (event = xml_next(&r)) != XML_END_OF_DOCUMENT) {
		if (event == XML_START)
			take_started(b, format);
		else if (event == XML_CHARS && b->is_link_due)
			take_text_after_link(b, r.text, r.text_len, xml_base(&r));
	}
	b->doc->is_cut = r.is_cut;
	xml_reader_finish(&r);
	b->reader = NULL;
	return format != NULL;
}

#include "parse/html.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/charset.h"
#include "parse/entity.h"
#include "parse/html_heap.h"
#include "parse/html_token.h"
#include "parse/text.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	TAGS_MAX = 300000,                  /* tags of one page that reach libxml2 */
	VALUE_MAX = 16 * 1024,              /* bytes of one attribute's value */
	DATA_URL_MAX = 512,                 /* longer data: addresses are pictures in the page */
	TEXT_MAX = 65536,                   /* bytes of what html_text gives */
	BUTTON_MAX = 4096,                  /* bytes up to the end tag of a button */
	LIBXML_DEPTH = 4 * LIMIT_XML_DEPTH, /* li, tr, td and the like are not counted by us */
	JSONLD_MAX = 2 * 1024 * 1024,
	BINARY_SAMPLE = 4096, /* bytes that are looked at */
	BINARY_SHARE = 20,    /* one in so many of them is a control character: it is no text */
};

/* What the filter does with an element. */
enum rule {
	RULE_KEEP,
	RULE_RAW,      /* what is inside is no text; goes up to its end tag */
	RULE_SCRIPT,   /* likewise, unless it is JSON-LD */
	RULE_TAG_ONLY, /* only the tag goes */
	RULE_BUTTON,
	RULE_FLAT, /* kept, does not count as nesting: closed by the next of its kind */
	RULE_VOID,
};

static const struct {
	const char *name;
	enum rule rule;
} rules[] = {
	{"script", RULE_SCRIPT},
	{"style", RULE_RAW},
	{"svg", RULE_RAW},
	{"iframe", RULE_RAW},
	{"select", RULE_RAW},
	{"textarea", RULE_RAW},
	{"template", RULE_RAW},
	{"canvas", RULE_RAW},
	{"object", RULE_RAW},
	{"noembed", RULE_RAW},
	{"noframes", RULE_RAW},
	{"datalist", RULE_RAW},
	{"frameset", RULE_TAG_ONLY},
	{"frame", RULE_TAG_ONLY},
	{"html", RULE_FLAT},
	{"body", RULE_FLAT},
	{"button", RULE_BUTTON},
	{"p", RULE_FLAT},
	{"li", RULE_FLAT},
	{"tr", RULE_FLAT},
	{"td", RULE_FLAT},
	{"th", RULE_FLAT},
	{"dt", RULE_FLAT},
	{"dd", RULE_FLAT},
	{"tbody", RULE_FLAT},
	{"thead", RULE_FLAT},
	{"tfoot", RULE_FLAT},
	{"option", RULE_TAG_ONLY},
	{"br", RULE_VOID},
	{"hr", RULE_VOID},
	{"img", RULE_VOID},
	{"input", RULE_TAG_ONLY},
	{"meta", RULE_VOID},
	{"link", RULE_VOID},
	{"base", RULE_VOID},
	{"wbr", RULE_TAG_ONLY},
	{"source", RULE_VOID},
	{"col", RULE_VOID},
	{"embed", RULE_TAG_ONLY},
	{"area", RULE_TAG_ONLY},
	{"track", RULE_TAG_ONLY},
	{"param", RULE_TAG_ONLY},
	{"keygen", RULE_TAG_ONLY},
};

/* Attributes that extraction, the metadata and the sanitiser look at. */
static const char *const kept_attributes[] = {"class", "id", "href", "src", "srcset", "data-src",
	"data-srcset", "data-lazy-src", "data-original", "alt", "title", "width", "height", "rel",
	"name", "property", "content", "itemprop", "itemtype", "itemscope", "role", "datetime",
	"hidden", "aria-hidden", "aria-label", "lang", "dir", "type", "colspan", "rowspan", "start",
	"cite", "http-equiv", "charset", "reversed", "value", "xml:lang", "loading", "sizes",
	"data-author", "data-date", "data-component", "data-component-name", "data-hook",
	"data-testid", "scope", "poster", "controls", "media", "hreflang"};

struct filter {
	struct html_tokenizer tokens;
	struct html_page *page;
	struct buf out, decoded;
	bool keeps_attributes;
	size_t depth;   /* open elements that count */
	size_t skipped; /* start tags left out because of depth whose end tags are to come */
	size_t tags;
	bool is_in_body;
	bool is_in_noscript;       /* of the head: its elements do not end it */
	bool is_in_title;          /* its text does not end the head */
	const char *no_button_end; /* up to here none was found; NULL: nobody looked */
};

static bool name_is(const char *text, size_t len, const char *name)
{
	return strncasecmp(text, name, len) == 0 && name[len] == '\0';
}

static enum rule rule_of(const char *name, size_t len)
{
	char first = str_lower_char(*name);
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++) {
		if (rules[i].name[0] == first && name_is(name, len, rules[i].name))
			return rules[i].rule;
	}
	return RULE_KEEP;
}

/* HTML, 13.2.6.4.4: what may stand in a head; anything else begins the body. */
static const char *const head_elements[] = {"html", "head", "title", "meta", "link", "base",
	"script", "style", "noscript", "template", "basefont", "bgsound", "noframes"};

static bool is_of_head(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(head_elements); i++) {
		if (name_is(name, len, head_elements[i]))
			return true;
	}
	return false;
}

/*
 * The tags of head and body may be left out. libxml2 knows that, but not the elements of HTML 5:
 * it would leave a page that begins with nav or main in its head.
 */
static void begin_body(struct filter *f, const char *name, size_t len)
{
	if (name_is(name, len, "body") || name_is(name, len, "frameset")) {
		f->is_in_body = true;
	} else if (name_is(name, len, "noscript")) {
		f->is_in_noscript = true;
	} else if (!f->is_in_noscript && !is_of_head(name, len)) {
		buf_puts(&f->out, "</head><body>");
		f->is_in_body = true;
	}
}

static bool is_kept_attribute(const struct html_attribute *a)
{
	char first = a->name_len ? str_lower_char(*a->name) : '\0';
	size_t i;

	for (i = 0; i < ARRAY_LEN(kept_attributes); i++) {
		if (kept_attributes[i][0] == first &&
			name_is(a->name, a->name_len, kept_attributes[i]))
			return true;
	}
	return false;
}

static bool is_plain_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!str_is_alpha(name[i]) && !str_is_digit(name[i]) && name[i] != '-' &&
			name[i] != ':' && name[i] != '_')
			return false;
	}
	return len > 0 && len < 64 && str_is_alpha(name[0]);
}

static void put_attribute(struct filter *f, const struct html_attribute *a)
{
	char quote = '"';

	if (a->value_len > VALUE_MAX || !is_plain_name(a->name, a->name_len))
		return;
	if (a->value_len > DATA_URL_MAX && strncasecmp(a->value, "data:", 5) == 0)
		return;
	if (memchr(a->value, '"', a->value_len))
		quote = '\'';
	if (quote == '\'' && memchr(a->value, '\'', a->value_len))
		return; /* cannot be: it was quoted with one of them or holds neither */
	buf_putc(&f->out, ' ');
	buf_put(&f->out, a->name, a->name_len);
	buf_putc(&f->out, '=');
	buf_putc(&f->out, quote);
	buf_put(&f->out, a->value, a->value_len);
	buf_putc(&f->out, quote);
}

static bool says_hidden(const struct html_attribute *style)
{
	const char *at = style->value, *end = at + style->value_len;

	while ((at = memmem(at, (size_t)(end - at), "display", 7)) != NULL) {
		for (at += 7; at < end && (str_is_space(*at) || *at == ':'); at++)
			continue;
		if (end - at >= 4 && strncasecmp(at, "none", 4) == 0)
			return true;
	}
	return false;
}

/* Cut down to nothing, for screen readers alone. */
static bool says_unseen(const struct html_attribute *style)
{
	const char *clip = memmem(style->value, style->value_len, "clip:", 5);
	const char *end = style->value + style->value_len;

	if (!clip)
		return false;
	for (clip += 5; clip < end && str_is_space(*clip); clip++)
		continue;
	return end - clip >= 6 &&
	       (strncmp(clip, "rect(0", 6) == 0 || strncmp(clip, "rect(1", 6) == 0);
}

static void put_tag(struct filter *f, const struct html_token *token, const char *name)
{
	const struct html_attribute *a = token->attributes, *end = a + token->attribute_count;

	buf_putc(&f->out, '<');
	if (name)
		buf_puts(&f->out, name);
	else
		buf_put(&f->out, token->text, token->len);
	for (; a < end; a++) {
		if (name_is(a->name, a->name_len, "style") && says_hidden(a))
			buf_puts(&f->out, " hidden=\"\"");
		else if (name_is(a->name, a->name_len, "style") && says_unseen(a))
			buf_puts(&f->out, " data-unseen=\"\"");
		if (f->keeps_attributes || is_kept_attribute(a))
			put_attribute(f, a);
	}
	buf_putc(&f->out, '>');
	f->tags++;
}

static void add_jsonld(struct html_page *page, const char *text, size_t len)
{
	if (page->piece_count >= LIMIT_LIST || page->jsonld.len + len > JSONLD_MAX)
		return;
	page->pieces = xreallocarray(page->pieces, page->piece_count + 1, sizeof(*page->pieces));
	page->pieces[page->piece_count++] = (struct html_piece){page->jsonld.len, len};
	buf_put(&page->jsonld, text, len);
}

static void put_script(struct filter *f, const struct html_token *token)
{
	struct html_page *page = f->page;
	const char *text;
	bool is_jsonld = false;
	size_t i, len;

	for (i = 0; i < token->attribute_count; i++) {
		const struct html_attribute *a = &token->attributes[i];

		if (name_is(a->name, a->name_len, "type") &&
			memmem(a->value, a->value_len, "ld+json", 7))
			is_jsonld = true;
	}
	html_skip_raw(&f->tokens, "script", &text, &len);
	page->script_bytes += len;
	if (is_jsonld)
		add_jsonld(page, text, len);
}

/* A builder of sites that knows meta elements only writes <meta name="script:ld+json">. */
static void read_meta(struct filter *f, const struct html_token *token)
{
	const struct html_attribute *a = token->attributes, *end = a + token->attribute_count;
	const struct html_attribute *content = NULL;
	struct buf plain = {0};
	bool is_jsonld = false;

	for (; a < end; a++) {
		if (name_is(a->name, a->name_len, "content"))
			content = a;
		else
			is_jsonld |= memmem(a->value, a->value_len, "ld+json", 7) != NULL;
	}
	if (!is_jsonld || !content)
		return;
	text_decode_entities(content->value, content->value_len, &plain);
	add_jsonld(f->page, plain.data, plain.len);
	buf_finish(&plain);
}

/* A button's words without the tags in it, and never joined to those beside it; one that nothing
 * closes soon loses its tag only. */
static void put_button(struct filter *f, const struct html_token *token)
{
	static const char end_tag[] = "</button";
	const size_t size = strlen(end_tag), left = (size_t)(f->tokens.end - f->tokens.at);
	const char *at = f->tokens.at, *limit = at + (left < BUTTON_MAX ? left : BUTTON_MAX), *end;
	const char *from = f->no_button_end > at ? f->no_button_end : at; /* each byte once */
	bool is_tag = false;
	size_t i;

	end = from < limit ? memmem(from, (size_t)(limit - from), end_tag, size) : NULL;
	if (!end) {
		if (limit - from >= (ptrdiff_t)size)
			f->no_button_end = limit - size + 1;
		return;
	}
	buf_putc(&f->out, ' ');
	put_tag(f, token, "button");
	for (i = 0; i < (size_t)(end - at); i++) {
		if (at[i] == '<')
			is_tag = true;
		if (!is_tag)
			buf_putc(&f->out, at[i]);
		else if (at[i] == '>') {
			buf_putc(&f->out, ' ');
			is_tag = false;
		}
	}
	buf_puts(&f->out, "</button> ");
	f->tokens.at = end;
}

static bool list_has(const char *list, size_t len, const char *word)
{
	const char *at = list, *end = list + len, *stop;

	while (at < end) {
		for (stop = at; stop < end && !str_is_space(*stop); stop++)
			continue;
		if ((size_t)(stop - at) == strlen(word) && memcmp(at, word, strlen(word)) == 0)
			return true;
		at = stop + 1;
	}
	return false;
}

/* Behind elements that have ended, and no line break before that. */
static bool is_amid_line(const struct buf *out)
{
	static const char tag[] = "</span>";
	size_t size = strlen(tag), len = out->len;

	while (len > size && memcmp(out->data + len - size, tag, size) == 0)
		len -= size;
	return len < out->len && out->data[len - 1] != '\n';
}

/* Of a <span>, styles make a line break, or a line of a sample of code. */
static void put_break_of_style(struct filter *f, const struct html_token *token)
{
	const struct html_attribute *a = token->attributes, *end = a + token->attribute_count;

	for (; a < end; a++) {
		if (!name_is(a->name, a->name_len, "class"))
			continue;
		if (list_has(a->value, a->value_len, "br"))
			buf_puts(&f->out, "<br>");
		else if (list_has(a->value, a->value_len, "line") && is_amid_line(&f->out))
			buf_putc(&f->out, '\n');
	}
}

static void filter_start(struct filter *f, const struct html_token *token)
{
	enum rule rule = rule_of(token->text, token->len);
	const char *text;
	char name[16];
	size_t len;

	if (!f->is_in_body)
		begin_body(f, token->text, token->len);
	if (name_is(token->text, token->len, "title"))
		f->is_in_title = true;
	if (name_is(token->text, token->len, "meta"))
		read_meta(f, token);
	switch (rule) {
	case RULE_SCRIPT: put_script(f, token); return;
	case RULE_RAW:
		if (token->is_self_closing)
			return;
		memcpy(name, token->text, token->len);
		name[token->len] = '\0';
		html_skip_raw(&f->tokens, str_lower(name), &text, &len);
		buf_putc(&f->out, ' ');
		return;
	case RULE_TAG_ONLY: return;
	case RULE_BUTTON: put_button(f, token); return;
	case RULE_KEEP:
		if (f->depth >= LIMIT_XML_DEPTH) {
			f->skipped++;
			f->page->is_cut = true;
			return;
		}
		f->depth++;
		break;
	default: break;
	}
	if (f->tags >= TAGS_MAX) {
		f->page->is_cut = true;
		return;
	}
	if (name_is(token->text, token->len, "span"))
		put_break_of_style(f, token);
	put_tag(f, token, NULL);
}

static void filter_end(struct filter *f, const struct html_token *token)
{
	enum rule rule = rule_of(token->text, token->len);

	if (name_is(token->text, token->len, "noscript"))
		f->is_in_noscript = false;
	if (name_is(token->text, token->len, "title"))
		f->is_in_title = false;
	if (rule == RULE_FLAT && (name_is(token->text, token->len, "html") ||
					 name_is(token->text, token->len, "body")))
		return;
	if (rule != RULE_KEEP && rule != RULE_FLAT)
		return;
	if (rule == RULE_KEEP && f->skipped > 0) {
		f->skipped--;
		return;
	}
	if (rule == RULE_KEEP && f->depth > 0)
		f->depth--;
	if (f->tags >= TAGS_MAX)
		return;
	f->tags++;
	buf_puts(&f->out, "</");
	buf_put(&f->out, token->text, token->len);
	buf_putc(&f->out, '>');
}

static bool is_blank(const char *at, const char *end)
{
	while (at < end && str_is_space(*at))
		at++;
	return at == end;
}

/* A '<' that is no tag would make libxml2 drop what follows. */
static void put_escaped(struct buf *to, const char *at, const char *end)
{
	const char *from;

	for (from = at; at < end; at++) {
		if (*at != '<' && *at != '&')
			continue;
		buf_put(to, from, (size_t)(at - from));
		buf_puts(to, *at == '<' ? "&lt;" : "&amp;");
		from = at + 1;
	}
	buf_put(to, from, (size_t)(end - from));
}

static void filter_text(struct filter *f, const struct html_token *token)
{
	const char *at = token->text, *end = at + token->len;

	/* Loose text begins the body as elements do. */
	if (!f->is_in_body && !f->is_in_title && !f->is_in_noscript && !is_blank(at, end)) {
		buf_puts(&f->out, "</head><body>");
		f->is_in_body = true;
	}
	/* libxml2 knows neither the names that need no semicolon nor those of HTML 5. */
	if (memchr(at, '&', token->len)) {
		buf_clear(&f->decoded);
		entity_decode(at, token->len, ENTITY_TEXT, &f->decoded);
		at = buf_text(&f->decoded);
		end = at + f->decoded.len;
	}
	put_escaped(&f->out, at, end);
}

static void filter_source(struct filter *f, const struct buf *source)
{
	struct html_token token;

	html_tokenizer_init(&f->tokens, buf_text(source), source->len);
	buf_reserve(&f->out, source->len / 2 + 64);
	while (html_next(&f->tokens, &token)) {
		if (token.is_cut)
			continue;
		switch (token.kind) {
		case HTML_TEXT: filter_text(f, &token); break;
		case HTML_START:
			if (is_plain_name(token.text, token.len))
				filter_start(f, &token);
			break;
		case HTML_END:
			if (is_plain_name(token.text, token.len))
				filter_end(f, &token);
			break;
		}
	}
}

/* Bytes that no text in any encoding has so many of; NUL is UTF-16's, ESC ISO-2022's. */
static bool is_binary(const char *body, size_t len)
{
	size_t count = 0, end = len < BINARY_SAMPLE ? len : BINARY_SAMPLE, i;

	for (i = 0; i < end; i++) {
		unsigned char c = (unsigned char)body[i];

		count += (c > 0 && c < 0x09) || (c > 0x0D && c < 0x20 && c != 0x1B) || c == 0x7F;
	}
	return count * BINARY_SHARE > end;
}

/* A feed, a list of addresses or a drawing, by its first element. */
static bool is_other_xml(const char *body, size_t len)
{
	static const char *const roots[] = {
		"<rss", "<feed", "<rdf:RDF", "<opml", "<svg", "<urlset", "<sitemapindex"};
	const char *end = body + len, *found = body;
	size_t i;

	while (end - found > 2 && found[0] == '<' && (found[1] == '?' || found[1] == '!')) {
		found = memchr(found, '>', (size_t)(end - found));
		if (!found)
			return false;
		for (found++; found < end && str_is_space(*found); found++)
			continue;
	}
	for (i = 0; i < ARRAY_LEN(roots); i++) {
		size_t size = strlen(roots[i]);

		if ((size_t)(end - found) > size && memcmp(found, roots[i], size) == 0 &&
			(found[size] == '>' || str_is_space(found[size])))
			return true;
	}
	return false;
}

/* What is no HTML by its first bytes or its type. */
static bool is_other(const char *body, size_t len, const char *type)
{
	static const struct {
		const char *bytes;
		size_t len;
	} magic[] = {{"%PDF-", 5}, {"\x89PNG", 4}, {"GIF8", 4}, {"\xFF\xD8\xFF", 3}, {"RIFF", 4},
		{"PK\x03\x04", 4}, {"\x1F\x8B", 2},
		{"\x7F"
		 "ELF",
			4},
		{"OggS", 4}, {"ID3", 3}, {"%!PS", 4}, {"{\\rtf", 5}};
	static const char *const types[] = {"image/", "audio/", "video/", "font/",
		"application/pdf", "application/zip", "application/json",
		"application/octet-stream", "text/css", "text/javascript"};
	size_t i;

	for (; len > 0 && str_is_space(*body); len--)
		body++;
	for (i = 0; i < ARRAY_LEN(magic); i++) {
		if (len >= magic[i].len && memcmp(body, magic[i].bytes, magic[i].len) == 0)
			return true;
	}
	if (is_binary(body, len) || is_other_xml(body, len))
		return true;
	for (i = 0; type && i < ARRAY_LEN(types); i++) {
		if (str_istarts(type, types[i]))
			return !memmem(body, len < 1024 ? len : 1024, "<html", 5);
	}
	return false;
}

enum status html_read(
	const char *body, size_t len, const struct html_options *options, struct html_page *page)
{
	struct filter filter = {.page = page, .keeps_attributes = options->keeps_attributes};
	struct buf source = {0};

	memset(page, 0, sizeof(*page));
	if (is_other(body, len, options->content_type))
		return STATUS_UNSUPPORTED;
	charset_to_utf8(CHARSET_HTML, body, len, options->content_type, &source, &page->encoding);
	page->source_bytes = source.len;
	filter_source(&filter, &source);
	buf_finish(&source);
	/* libxml2 makes no tree of nothing at all */
	if (filter.out.len == 0)
		buf_puts(&filter.out, "<html></html>");
	xmlParserMaxDepth = LIBXML_DEPTH;
	html_heap_begin();
	page->doc = htmlReadMemory(buf_text(&filter.out), (int)filter.out.len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
			HTML_PARSE_COMPACT | HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC);
	buf_finish(&filter.out);
	buf_finish(&filter.decoded);
	return page->doc ? STATUS_OK : STATUS_SYNTAX;
}

void html_finish(struct html_page *page)
{
	if (!page)
		return;
	if (page->doc && !html_heap_holds_all())
		xmlFreeDoc(page->doc);
	html_heap_end();
	buf_finish(&page->jsonld);
	free(page->pieces);
	memset(page, 0, sizeof(*page));
}

const char *html_attr(const xmlNode *node, const char *name)
{
	const xmlAttr *a;

	if (node->type != XML_ELEMENT_NODE)
		return NULL;
	for (a = node->properties; a; a = a->next) {
		if (strcmp((const char *)a->name, name) == 0)
			return a->children && a->children->content
				       ? (const char *)a->children->content
				       : "";
	}
	return NULL;
}

bool html_has_token(const char *list, const char *token)
{
	size_t len = strlen(token);
	const char *s = list;

	while (s && (s = str_ifind(s, token)) != NULL) {
		if ((s == list || str_is_space(s[-1])) && (!s[len] || str_is_space(s[len])))
			return true;
		s += len;
	}
	return false;
}

xmlNode *html_skip_node(const xmlNode *node, const xmlNode *top)
{
	while (node && node != top) {
		if (node->next)
			return node->next;
		node = node->parent;
	}
	return NULL;
}

xmlNode *html_next_node(const xmlNode *node, const xmlNode *top)
{
	if (node->children && node->type == XML_ELEMENT_NODE)
		return node->children;
	return html_skip_node(node, top);
}

void html_text(const xmlNode *node, struct buf *to)
{
	struct buf text = {0};
	bool is_parted = false; /* by our space, not the page's */
	const xmlNode *n;

	for (n = node; n && text.len < TEXT_MAX; n = html_next_node(n, node)) {
		if (n->type == XML_TEXT_NODE && n->content) {
			if (is_parted && *n->content && strchr(",.:;!?)", *n->content))
				buf_truncate(&text, text.len - 1);
			buf_puts(&text, (const char *)n->content);
			is_parted = false;
		} else if (n->type == XML_ELEMENT_NODE) {
			buf_putc(&text, ' ');
			is_parted = true;
		}
	}
	if (text.len > 0)
		buf_puts(to, str_collapse(text.data));
	buf_finish(&text);
}

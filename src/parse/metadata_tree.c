#include "parse/metadata.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/metadata_site.h"
#include "parse/paging.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_BYTES = 120, /* a byline's markup with more text is no byline */
	H1_MAX = 64,      /* that may be a title */
	H2_MAX = 6,       /* ... likewise */
	CRUMBS_MAX = 8,   /* more links are a menu */
	CRUMB_BYTES = 60,
	HANDLE_BYTES = 6,      /* of a permalink's sign */
	HEADLINE_BYTES = 2000, /* what is longer is none: its parts are not gone through */
	ITEMS_MAX = 64, /* bodies and headlines that are looked at for the article's object */
};

/* What a name of a meta element says. The first row that has a value wins for its field. */
enum field {
	FIELD_TITLE,
	FIELD_AUTHOR,
	FIELD_PUBLISHED,
	FIELD_MODIFIED,
	FIELD_SITE,
	FIELD_SECTION,
	FIELD_LANGUAGE,
	FIELD_IMAGE,
	FIELD_DESCRIPTION,
	FIELD_URL,
	FIELD_TAGS,
	FIELD_TYPE,
	FIELD_GENERATOR,
	FIELD_TIER, /* for whom it is: "free", "metered", "locked" */
	FIELD_COUNT
};

static const struct {
	const char *name;
	enum field field;
} meta_names[] = {
	{"og:title", FIELD_TITLE},
	{"headline", FIELD_TITLE},
	{"twitter:title", FIELD_TITLE},
	{"dc.title", FIELD_TITLE},
	{"dcterms.title", FIELD_TITLE},
	{"citation_title", FIELD_TITLE},
	{"parsely-title", FIELD_TITLE},
	{"sailthru.title", FIELD_TITLE},
	{"title", FIELD_TITLE},
	{"author", FIELD_AUTHOR},
	{"article:author", FIELD_AUTHOR},
	{"article:author_name", FIELD_AUTHOR},
	{"og:article:author", FIELD_AUTHOR},
	{"og:author", FIELD_AUTHOR},
	{"parsely-author", FIELD_AUTHOR},
	{"sailthru.author", FIELD_AUTHOR},
	{"dc.creator", FIELD_AUTHOR},
	{"dcterms.creator", FIELD_AUTHOR},
	{"citation_author", FIELD_AUTHOR},
	{"byl", FIELD_AUTHOR},
	{"authors", FIELD_AUTHOR},
	{"dc.contributor", FIELD_AUTHOR},
	{"cxenseparse:author", FIELD_AUTHOR},
	{"author_name", FIELD_AUTHOR},
	{"shareaholic:article_author_name", FIELD_AUTHOR},
	{"article:published_time", FIELD_PUBLISHED},
	{"article:published", FIELD_PUBLISHED},
	{"og:article:published_time", FIELD_PUBLISHED},
	{"og:published_time", FIELD_PUBLISHED},
	{"og:pubdate", FIELD_PUBLISHED},
	{"datepublished", FIELD_PUBLISHED},
	{"parsely-pub-date", FIELD_PUBLISHED},
	{"sailthru.date", FIELD_PUBLISHED},
	{"dc.date.issued", FIELD_PUBLISHED},
	{"dcterms.created", FIELD_PUBLISHED},
	{"dc.date.created", FIELD_PUBLISHED},
	{"dc.created", FIELD_PUBLISHED},
	{"dcterms.date", FIELD_PUBLISHED},
	{"dc.date", FIELD_PUBLISHED},
	{"pubdate", FIELD_PUBLISHED},
	{"publishdate", FIELD_PUBLISHED},
	{"publish_date", FIELD_PUBLISHED},
	{"publish-date", FIELD_PUBLISHED},
	{"published_time", FIELD_PUBLISHED},
	{"publication_date", FIELD_PUBLISHED},
	{"citation_publication_date", FIELD_PUBLISHED},
	{"citation_date", FIELD_PUBLISHED},
	{"date", FIELD_PUBLISHED},
	{"created", FIELD_PUBLISHED},
	{"published-date", FIELD_PUBLISHED},
	{"w-published-date", FIELD_PUBLISHED},
	{"publication-date", FIELD_PUBLISHED},
	{"article.published", FIELD_PUBLISHED},
	{"date_published", FIELD_PUBLISHED},
	{"dc.issued", FIELD_PUBLISHED},
	{"dcterms.issued", FIELD_PUBLISHED},
	{"published", FIELD_PUBLISHED},
	{"cxenseparse:publishtime", FIELD_PUBLISHED},
	{"article:modified_time", FIELD_MODIFIED},
	{"og:article:modified_time", FIELD_MODIFIED},
	{"og:updated_time", FIELD_MODIFIED},
	{"datemodified", FIELD_MODIFIED},
	{"dcterms.modified", FIELD_MODIFIED},
	{"dc.date.modified", FIELD_MODIFIED},
	{"last-modified", FIELD_MODIFIED},
	{"lastmod", FIELD_MODIFIED},
	{"updated", FIELD_MODIFIED},
	{"revised", FIELD_MODIFIED},
	{"modified-date", FIELD_MODIFIED},
	{"article:updated", FIELD_MODIFIED},
	{"article.updated", FIELD_MODIFIED},
	{"og:site_name", FIELD_SITE},
	{"application-name", FIELD_SITE},
	{"dc.publisher", FIELD_SITE},
	{"citation_journal_title", FIELD_SITE},
	{"article:section", FIELD_SECTION},
	{"og:article:section", FIELD_SECTION},
	{"parsely-section", FIELD_SECTION},
	{"dc.subject", FIELD_COUNT},
	{"og:locale", FIELD_LANGUAGE},
	{"dc.language", FIELD_LANGUAGE},
	{"content-language", FIELD_LANGUAGE},
	{"og:image", FIELD_IMAGE},
	{"og:image:url", FIELD_IMAGE},
	{"og:image:secure_url", FIELD_IMAGE},
	{"twitter:image", FIELD_IMAGE},
	{"twitter:image:src", FIELD_IMAGE},
	{"og:description", FIELD_DESCRIPTION},
	{"description", FIELD_DESCRIPTION},
	{"twitter:description", FIELD_DESCRIPTION},
	{"dc.description", FIELD_DESCRIPTION},
	{"og:url", FIELD_URL},
	{"article:tag", FIELD_TAGS},
	{"keywords", FIELD_TAGS},
	{"news_keywords", FIELD_TAGS},
	{"parsely-tags", FIELD_TAGS},
	{"og:type", FIELD_TYPE},
	{"generator", FIELD_GENERATOR},
	{"article:content_tier", FIELD_TIER},
	{"og:article:content_tier", FIELD_TIER},
};

struct reader {
	struct metadata *meta;
	const struct job *job;
	char number[8]; /* of the page that would follow this one */
	struct arena *arena;
	struct buf text;
	size_t row[FIELD_COUNT]; /* the row whose value each field has */
	size_t h1_count, h2_count;
	size_t headings;        /* of any level before this place */
	size_t author_headings; /* ... before the first link to an author */
	bool has_author;
	bool has_title;  /* a page's first <title> counts: others are of pictures */
	char has_writer; /* number of the Twitter label that says "Written by" */
	char has_filing; /* ... "Filed under" */
};

static const char *node_text(struct reader *r, const xmlNode *node)
{
	buf_clear(&r->text);
	html_text(node, &r->text);
	return buf_text(&r->text);
}

/* What is within a heading and no part of it: a button, a link to itself that is a sign, the number
 * of what is told, "Title:" before it. */
static bool is_handle(const xmlNode *node, const char *text)
{
	const char *href = html_attr(node, "href");

	if (str_eq((const char *)node->name, "button") || str_ieq(text, "title:"))
		return true;
	if (*text == '#' && text[1] && text[1 + strspn(text + 1, "0123456789")] == '\0')
		return true;
	return str_eq((const char *)node->name, "a") && href && *href == '#' &&
	       strlen(text) <= HANDLE_BYTES;
}

static const char *heading_text(struct reader *r, const xmlNode *top)
{
	char *text = arena_strdup(r->arena, node_text(r, top)), *found;
	const char *part, *s;
	const xmlNode *node;

	if (strlen(text) > HEADLINE_BYTES)
		return text;
	for (node = top->children; node; node = html_next_node(node, top)) {
		if (node->type != XML_ELEMENT_NODE || !node->children)
			continue;
		part = node_text(r, node);
		if (!*part || str_eq(part, text) || !is_handle(node, part))
			continue;
		for (found = NULL, s = text; (s = strstr(s, part)) != NULL; s++)
			found = text + (s - text);
		if (found && str_eq(found, part))
			*found = '\0'; /* they stand at the end as a rule, and seldom at the
					  beginning */
		else if (found == text)
			text += strlen(part);
		else if (found && str_eq((const char *)node->name, "button"))
			memmove(found, found + strlen(part), strlen(found + strlen(part)) + 1);
	}
	return text;
}

static void add_list(struct reader *r, const char *value, struct value_list *list)
{
	char *text = arena_strdup(r->arena, value), *part, *rest;

	for (part = strtok_r(text, ",;", &rest); part; part = strtok_r(NULL, ",;", &rest))
		value_list_add(list, metadata_clean(r->arena, part));
}

/* The value of a field that a later row does not replace, nor the same again. */
static void set(
	struct reader *r, enum field field, size_t row, const char *value, const char **target)
{
	if (*target && r->row[field] <= row)
		return;
	*target = value;
	r->row[field] = row;
}

/*
 * Some write markup into the head's titles (<em>, *Moby-Dick*), some write about it ("<br> tags"):
 * a title with it is said with and without; what people read in the headline decides.
 */
static void say_title(struct reader *r, enum title_source source, const char *text)
{
	const char *star = strchr(text, '*');
	char *plain, *from, *to;

	metadata_say_title(r->meta, source, metadata_clean(r->arena, text), NULL);
	if (strchr(text, '<'))
		metadata_say_title(r->meta, source, metadata_decoded(r->arena, text), NULL);
	if (!star || !strchr(star + 1, '*'))
		return;
	plain = to = arena_strdup(r->arena, metadata_clean(r->arena, text));
	for (from = plain; from && *from; from++) {
		if (*from != '*')
			*to++ = *from;
	}
	if (plain)
		*to = '\0';
	metadata_say_title(r->meta, source, plain, NULL);
}

static enum title_source title_source(const char *name)
{
	if (str_istarts(name, "og:"))
		return TITLE_OG;
	return str_istarts(name, "twitter:") ? TITLE_TWITTER : TITLE_META;
}

/* "Lind, Ada" as libraries write it; "Ada Lind, Bo Ek" are two. */
static const char *given_name_first(struct arena *arena, const char *name, bool is_one)
{
	const char *comma = strchr(name, ','), *space = strchr(name, ' ');

	if (!comma || strchr(comma + 1, ',') ||
		(!is_one && space && space < comma &&
			strchr(comma + 1 + strspn(comma + 1, " "), ' ')))
		return name;
	return arena_printf(
		arena, "%s %.*s", comma + 1 + strspn(comma + 1, " "), (int)(comma - name), name);
}

/* What Twitter's cards show: a label and, in an element of its own, its value. */
static void read_card(struct reader *r, const char *name, const char *content)
{
	static const size_t label = sizeof("twitter:label") - 1, data = sizeof("twitter:data") - 1;

	if (str_istarts(name, "twitter:label")) {
		if (str_ieq(content, "Written by"))
			r->has_writer = name[label];
		if (str_ieq(content, "Filed under"))
			r->has_filing = name[label];
	} else if (str_istarts(name, "twitter:data") && name[data]) {
		if (name[data] == r->has_writer)
			metadata_names(r->arena, content, &r->meta->head.authors);
		if (name[data] == r->has_filing)
			r->meta->card_section = metadata_clean(r->arena, content);
	}
}

/* What manuals are made with. */
static bool makes_manuals(const char *generator)
{
	static const char *const names[] = {"antora", "docfx", "docusaurus", "docutils", "doxygen",
		"gitbook", "javadoc", "mkdocs", "nextra", "pdoc", "rustdoc", "sphinx", "starlight",
		"typedoc", "vitepress", "vuepress"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_istarts(generator, names[i]))
			return true;
	}
	return false;
}

static void read_meta(struct reader *r, const xmlNode *node)
{
	const char *name = html_attr(node, "property"), *content = html_attr(node, "content");
	struct source_facts *head = &r->meta->head;
	const char *value;
	size_t i;

	if (str_is_empty(name))
		name = html_attr(node, "name");
	if (str_is_empty(name))
		name = html_attr(node, "itemprop");
	if (str_is_empty(name))
		name = html_attr(node, "http-equiv");
	if (str_is_empty(name) || str_is_empty(content))
		return;
	read_card(r, name, content);
	r->meta->is_paper = r->meta->is_paper || str_ieq(name, "citation_title");
	for (i = 0; i < ARRAY_LEN(meta_names) && !str_ieq(name, meta_names[i].name); i++)
		continue;
	if (i == ARRAY_LEN(meta_names) || meta_names[i].field == FIELD_COUNT)
		return;
	value = metadata_clean(r->arena, content);
	if (!value)
		return;
	switch (meta_names[i].field) {
	case FIELD_TITLE: say_title(r, title_source(name), content); break;
	case FIELD_AUTHOR:
		if (str_ieq(name, "citation_author") || str_istarts(name, "dc"))
			value = given_name_first(r->arena, value, !str_istarts(name, "dc"));
		/* Korean portals: "newspaper | portal" */
		if (!strstr(value, "://") && *value != '@' &&
			!(str_istarts(name, "og:article:") && strchr(value, '|')))
			metadata_names(r->arena, value, &head->authors);
		break;
	case FIELD_PUBLISHED: metadata_say_date(r->meta, DATE_META, value, NULL); break;
	case FIELD_MODIFIED: metadata_say_date(r->meta, DATE_META_MODIFIED, value, NULL); break;
	case FIELD_SITE:
		if (!url_is_web(value)) /* an address is no name */
			set(r, FIELD_SITE, i, value, &head->site);
		break;
	case FIELD_SECTION:
		/* Discourse names the section of a section behind it */
		if (head->section && r->row[FIELD_SECTION] == i && str_istarts(name, "og:"))
			head->section = value;
		set(r, FIELD_SECTION, i, value, &head->section);
		break;
	case FIELD_LANGUAGE: set(r, FIELD_LANGUAGE, i, value, &head->language); break;
	case FIELD_IMAGE: set(r, FIELD_IMAGE, i, value, &head->image); break;
	case FIELD_DESCRIPTION: set(r, FIELD_DESCRIPTION, i, value, &head->description); break;
	case FIELD_URL: set(r, FIELD_URL, i, value, &head->url); break;
	case FIELD_TAGS: add_list(r, value, &head->categories); break;
	case FIELD_GENERATOR:
		r->meta->is_manual = r->meta->is_manual || makes_manuals(value);
		break;
	case FIELD_TIER: r->meta->is_walled = r->meta->is_walled || str_ieq(value, "locked"); break;
	case FIELD_TYPE: r->meta->is_og_article = str_ieq(value, "article"); break;
	default: break;
	}
}

static const char *absolute(struct reader *r, const char *href)
{
	buf_clear(&r->text);
	url_resolve(r->meta->base, href, &r->text);
	return url_is_web(buf_text(&r->text)) ? arena_strdup(r->arena, buf_text(&r->text)) : NULL;
}

/*
 * A page of the same article: rel=next and "next" lead to the next article as often, and a page's
 * number links to it without either.
 */
static void read_next(struct reader *r, const char *href)
{
	const char *next;

	if (r->meta->next_url || !r->job->url || !strstr(href, r->number))
		return;
	next = absolute(r, href);
	if (next && paging_follows(r->job->url, next, r->job->page))
		r->meta->next_url = next;
}

static void read_link(struct reader *r, const xmlNode *node)
{
	const char *rel = html_attr(node, "rel"), *href = html_attr(node, "href");

	if (!rel || str_is_empty(href))
		return;
	if (html_has_token(rel, "canonical") && !r->meta->item.url)
		r->meta->item.url = absolute(r, href);
	else if (html_has_token(rel, "amphtml") && !r->meta->amp_url)
		r->meta->amp_url = absolute(r, href);
	else if (html_has_token(rel, "next"))
		read_next(r, href);
	else if (html_has_token(rel, "alternate") && str_ieq(html_attr(node, "media"), "print") &&
		 !r->meta->single_url)
		r->meta->single_url = absolute(r, href);
}

static bool leads_to_author(const char *href)
{
	static const char *const folders[] = {"/author/", "/authors/", "/contributor", "/people/",
		"/profile/", "/writers/", "/staff/", "/reporters/", "/journalists/", "/columnists/",
		"/autor/", "/auteur/", "/autoren/"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(folders); i++) {
		if (strstr(href, folders[i]))
			return true;
	}
	return false;
}

/* A link in the text that leads to the rest of the article, or to all of it. */
static void read_anchor(struct reader *r, const xmlNode *node)
{
	static const char *const single[] = {"single page", "view as one page", "on one page",
		"view all pages", "show all pages", "full article", "auf einer seite",
		"sur une seule page", "en una sola p\xC3\xA1gina", "print this article",
		"print version", "printer-friendly", "printable version", "druckversion",
		"version imprimable"};
	const char *rel = html_attr(node, "rel"), *href = html_attr(node, "href"), *text;
	size_t i;

	if (str_is_empty(href))
		return;
	if (html_has_token(rel, "author")) {
		if (!r->has_author)
			r->author_headings = r->headings;
		r->has_author = true;
		text = node_text(r, node);
		/* behind the next heading they are authors of other stories */
		if (*text && strlen(text) < NAME_BYTES && r->headings == r->author_headings)
			metadata_names(r->arena, text, &r->meta->item.authors);
	}
	if (leads_to_author(href) && r->meta->linked.count < METADATA_LIST) {
		text = node_text(r, node);
		if (*text && strlen(text) < NAME_BYTES / 2)
			metadata_names(r->arena, text, &r->meta->linked);
	}
	read_next(r, href);
	if (r->meta->single_url || strlen(href) > 2000)
		return;
	text = NULL;
	for (i = 0; i < ARRAY_LEN(single) && node->children && !text; i++) {
		if (node->children->type == XML_TEXT_NODE && node->children->content &&
			str_ifind((const char *)node->children->content, single[i]))
			text = href;
	}
	if (text && *href != '#')
		r->meta->single_url = absolute(r, href);
}

static bool is_home(const char *text)
{
	static const char *const words[] = {"home", "homepage", "start", "startseite", "accueil",
		"inicio", "blog", "news", "articles", "all", "back", "index"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(text, words[i]))
			return true;
	}
	return false;
}

/* The front page of a site. */
static bool is_root(const char *url)
{
	struct url parts;

	url_split(url, strlen(url), &parts);
	return parts.path.len <= 1;
}

/* But for a query and a slash at the end. */
static bool is_same_page(const char *url, const char *other)
{
	size_t len = strcspn(other, "?#");

	return url && strncmp(url, other, len) == 0 && strcspn(url, "?#") <= len + 1;
}

/* On another site, as a link to the source of the page. */
static bool leads_off(const struct reader *r, const char *url)
{
	const char *own = r->job->url ? r->job->url : r->meta->item.url;
	struct url here, there;

	if (!own || !url_is_web(url))
		return false;
	url_split(own, strlen(own), &here);
	url_split(url, strlen(url), &there);
	return here.host.len != there.host.len ||
	       memcmp(here.host.data, there.host.data, here.host.len) != 0;
}

/* "2026": the year of an archive is no section. */
static bool is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* "Home > World > Europe > the headline": the last link that leads neither home nor here. */
static void read_crumbs(struct reader *r, const xmlNode *top)
{
	const char *section = NULL, *text, *href;
	const xmlNode *node;
	size_t links = 0;

	for (node = top->children; node && links <= CRUMBS_MAX; node = html_next_node(node, top)) {
		if (node->type != XML_ELEMENT_NODE || !str_eq((const char *)node->name, "a"))
			continue;
		href = html_attr(node, "href");
		text = metadata_clean(r->arena, node_text(r, node));
		links++;
		if (!text || str_is_empty(href) || *href == '#' || is_home(text) ||
			is_number(text) || strlen(text) > CRUMB_BYTES)
			continue;
		if (r->meta->base)
			href = absolute(r, href);
		if (href && !is_root(href) && !leads_off(r, href) &&
			!is_same_page(r->job->url, href))
			section = text;
	}
	if (section && links <= CRUMBS_MAX)
		r->meta->crumb_section = section;
}

static bool is_crumbs(const xmlNode *node)
{
	static const char *const attributes[] = {"class", "id", "aria-label", "itemtype"};
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(attributes); i++) {
		value = html_attr(node, attributes[i]);
		if (value && str_ifind(value, "breadcrumb"))
			return true;
	}
	return false;
}

/* <time>, or an element that a script fills with "two hours ago" out of the same attribute. */
static bool is_time(const xmlNode *node)
{
	const char *name = (const char *)node->name;

	return str_eq(name, "time") || (strchr(name, '-') && html_attr(node, "datetime"));
}

/* What a link to the front page says, or the picture in it: a logo. */
static const char *logo_name(struct reader *r, const xmlNode *link)
{
	const char *text = node_text(r, link), *name = NULL;
	const xmlNode *node;

	for (node = link->children; !*text && node && !name; node = html_next_node(node, link)) {
		if (node->type == XML_ELEMENT_NODE && str_eq((const char *)node->name, "img"))
			name = html_attr(node, "alt");
	}
	return metadata_clean(r->arena, *text ? text : name);
}

/* A link to the front page whose name ends or begins <title>: the site is called so. */
static void read_logo(struct reader *r, const xmlNode *link, const char *href)
{
	const char *name, *title = NULL, *at;
	size_t i, len = 0;

	if (r->meta->logo || !is_root(href) || strchr(href, '?'))
		return;
	for (i = 0; i < r->meta->title_count && !title; i++) {
		if (r->meta->titles[i].source == TITLE_HEAD)
			title = r->meta->titles[i].text;
	}
	at = title ? title_last_separator(title, &len) : NULL;
	if (!at)
		return;
	name = logo_name(r, link);
	if (name && str_eq(title_fold(r->arena, name), title_fold(r->arena, at + len)))
		r->meta->logo = name;
}

/* Who wrote it, by the names that LaTeXML and microformats give. */
static void read_person(struct reader *r, const xmlNode *node, const char *names)
{
	const char *text;

	/* nearly no name has them: a quick look at the many */
	if (!strstr(names, "ltx_personname") && !strstr(names, "p-author"))
		return;
	if (!html_has_token(names, "ltx_personname") && !html_has_token(names, "p-author"))
		return;
	text = node_text(r, node);
	if (*text && strlen(text) < NAME_BYTES)
		metadata_names(r->arena, text, &r->meta->item.authors);
}

static void read_element(struct reader *r, const xmlNode *node)
{
	const char *name = (const char *)node->name, *value;

	if (name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && name[2] == '\0')
		r->headings++;
	if (str_eq(name, "meta")) {
		read_meta(r, node);
	} else if (str_eq(name, "link")) {
		read_link(r, node);
	} else if (str_eq(name, "title")) {
		if (!r->has_title)
			say_title(r, TITLE_HEAD, node_text(r, node));
		r->has_title = true;
	} else if (str_eq(name, "html")) {
		r->meta->item.language = arena_strdup(r->arena, html_attr(node, "lang"));
	} else if ((str_eq(name, "h1") && r->h1_count++ < H1_MAX) ||
		   (str_eq(name, "h2") && r->h2_count++ < H2_MAX)) {
		metadata_say_title(r->meta, name[1] == '1' ? TITLE_H1 : TITLE_H2,
			metadata_decoded(r->arena, heading_text(r, node)), node);
	} else if (is_time(node) && r->meta->date_count < METADATA_DATES) {
		value = html_attr(node, "datetime");
		if (str_is_empty(value))
			value = node_text(r, node);
		metadata_say_date(r->meta, DATE_TIME, metadata_clean(r->arena, value), node);
	} else if (str_eq(name, "a")) {
		read_anchor(r, node);
		value = html_attr(node, "href");
		if (str_eq(value, "/") || (value && url_is_web(value)))
			read_logo(r, node, value);
	} else if (str_eq(name, "base")) {
		value = html_attr(node, "href");
		if (!str_is_empty(value) && (value = absolute(r, value)) != NULL)
			r->meta->base = value;
	}
}

void metadata_read_tree(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta)
{
	struct reader r = {.meta = meta, .arena = arena, .job = job};
	const xmlNode *node;
	const char *value;

	snprintf(r.number, sizeof(r.number), "%u", job->page > 1 ? job->page % 1000 + 1 : 2);
	for (node = page->doc->children; node; node = html_next_node(node, NULL)) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		read_element(&r, node);
		if (node->properties && (value = html_attr(node, "class")) != NULL)
			read_person(&r, node, value);
		if (node->properties && !meta->crumb_section && is_crumbs(node))
			read_crumbs(&r, node);
	}
	buf_finish(&r.text);
}

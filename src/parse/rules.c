#include "parse/rules.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/html.h"

#include <libxml/xpath.h>
#include <string.h>

enum {
	NODES_MAX = 5000, /* of one selector */
	WRONG_MAX = 10,   /* lines that are said to be wrong */
};

static bool is_name_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_';
}

static size_t name_len(const char *s)
{
	size_t len = 0;

	while (is_name_char(s[len]))
		len++;
	return len;
}

/* A value that goes between double quotes; XPath 1.0 has no escapes. */
static bool is_quotable(const char *s, size_t len)
{
	return !memchr(s, '"', len);
}

/* [name], [name=value], [name*="value"]: s is behind the '['; returns behind the ']'. */
static const char *put_attribute(const char *s, struct buf *xpath)
{
	size_t len = name_len(s), value_len;
	const char *name = s, *value;
	char how = '\0', quote;

	if (len == 0)
		return NULL;
	s += len;
	if (*s == ']') {
		buf_printf(xpath, "[@%.*s]", (int)len, name);
		return s + 1;
	}
	if (*s && strchr("^$*~", *s))
		how = *s++;
	if (*s++ != '=')
		return NULL;
	quote = *s == '"' || *s == '\'' ? *s++ : ']';
	value = s;
	value_len = strcspn(s, quote == '"' ? "\"" : quote == '\'' ? "'" : "]");
	s += value_len;
	if (quote != ']' && *s++ != quote)
		return NULL;
	/* Part of a value that is nothing would be in each; CSS finds none. */
	if (*s++ != ']' || !is_quotable(value, value_len) || (how && value_len == 0))
		return NULL;
	switch (how) {
	case '^':
		buf_printf(xpath, "[starts-with(@%.*s,\"%.*s\")]", (int)len, name, (int)value_len,
			value);
		break;
	case '$':
		buf_printf(xpath, "[substring(@%.*s,string-length(@%.*s)-%d)=\"%.*s\"]", (int)len,
			name, (int)len, name, (int)value_len - 1, (int)value_len, value);
		break;
	case '*':
		buf_printf(
			xpath, "[contains(@%.*s,\"%.*s\")]", (int)len, name, (int)value_len, value);
		break;
	case '~':
		buf_printf(xpath,
			"[contains(concat(\" \",normalize-space(@%.*s),\" \"),\" %.*s \")]",
			(int)len, name, (int)value_len, value);
		break;
	default: buf_printf(xpath, "[@%.*s=\"%.*s\"]", (int)len, name, (int)value_len, value);
	}
	return s;
}

/* One compound such as div.story[role=main]; returns what follows, NULL when it is wrong. */
static const char *put_compound(const char *s, struct buf *xpath)
{
	size_t len = name_len(s);
	char kind;

	if (*s == '*') {
		buf_putc(xpath, '*');
		s++;
	} else if (len > 0) {
		buf_put(xpath, s, len);
		s += len;
	} else if (*s && strchr(".#[", *s)) {
		buf_putc(xpath, '*');
	} else {
		return NULL;
	}
	while (s && *s && strchr(".#[", *s)) {
		kind = *s++;
		if (kind == '[') {
			s = put_attribute(s, xpath);
			continue;
		}
		len = name_len(s);
		if (len == 0)
			return NULL;
		if (kind == '.')
			buf_printf(xpath,
				"[contains(concat(\" \",normalize-space(@class),\" \"),\" %.*s "
				"\")]",
				(int)len, s);
		else
			buf_printf(xpath, "[@id=\"%.*s\"]", (int)len, s);
		s += len;
	}
	return s;
}

enum status rules_xpath(const char *selector, struct buf *xpath)
{
	const char *s = selector;
	bool is_child = false, is_first = true;

	while (str_is_space(*s))
		s++;
	if (*s == '/' || *s == '(') {
		buf_puts(xpath, s);
		return STATUS_OK;
	}
	for (;;) {
		buf_puts(xpath, is_child && !is_first ? "/" : "//");
		s = put_compound(s, xpath);
		if (!s)
			return STATUS_SYNTAX;
		is_child = is_first = false;
		while (str_is_space(*s))
			s++;
		if (!*s)
			return STATUS_OK;
		if (*s == ',') {
			buf_puts(xpath, " | ");
			is_first = true;
			s++;
		} else if (*s == '>') {
			is_child = true;
			s++;
		}
		while (str_is_space(*s))
			s++;
	}
}

static xmlXPathObject *find(xmlDoc *doc, const char *selector)
{
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *found = NULL;
	struct buf xpath = {0};

	if (context && rules_xpath(selector, &xpath) == STATUS_OK)
		found = xmlXPathEvalExpression((const xmlChar *)buf_text(&xpath), context);
	xmlXPathFreeContext(context);
	buf_finish(&xpath);
	return found;
}

static bool is_within(const xmlNode *node, xmlNode *const *tops, size_t count)
{
	size_t i;

	for (; node; node = node->parent) {
		for (i = 0; i < count; i++) {
			if (node == tops[i])
				return true;
		}
	}
	return false;
}

static void strip(xmlNodeSet *nodes)
{
	int i;

	/* Backwards: what is within others goes first. */
	for (i = nodes->nodeNr; i-- > 0;) {
		if (nodes->nodeTab[i]->type != XML_ELEMENT_NODE)
			continue;
		xmlUnlinkNode(nodes->nodeTab[i]);
		xmlFreeNode(nodes->nodeTab[i]);
		nodes->nodeTab[i] = NULL;
	}
}

static const char *text_of(const xmlNode *node, const char *attribute, struct arena *arena)
{
	struct buf text = {0};
	const char *result = NULL, *value = html_attr(node, attribute);

	if (node->type == XML_ATTRIBUTE_NODE)
		node = node->children;
	if (!str_is_empty(value))
		buf_puts(&text, value);
	else if (node)
		html_text(node, &text);
	if (text.len > 0)
		result = arena_strdup(arena, buf_text(&text));
	buf_finish(&text);
	return result;
}

/* One line of a rule; false: its name is not known. */
static bool apply(
	const char *name, xmlNodeSet *nodes, struct arena *arena, struct rule_result *result)
{
	static const struct {
		const char *name, *attribute;
		size_t offset;
	} fields[] = {
		{"title", "content", offsetof(struct rule_result, title)},
		{"author", "content", offsetof(struct rule_result, author)},
		{"date", "datetime", offsetof(struct rule_result, date)},
		{"next", "href", offsetof(struct rule_result, next)},
	};
	const char **field;
	size_t i;
	int k;

	if (str_eq(name, "strip")) {
		if (nodes)
			strip(nodes);
		return true;
	}
	if (str_eq(name, "body")) {
		result->has_body = true;
		for (k = 0; nodes && k < nodes->nodeNr; k++) {
			if (nodes->nodeTab[k]->type == XML_ELEMENT_NODE &&
				result->body_count < RULE_BODIES &&
				!is_within(nodes->nodeTab[k], result->bodies, result->body_count))
				result->bodies[result->body_count++] = nodes->nodeTab[k];
		}
		return true;
	}
	for (i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_eq(name, fields[i].name))
			continue;
		field = (const char **)(void *)((char *)result + fields[i].offset);
		if (!*field && nodes && nodes->nodeNr > 0)
			*field = text_of(nodes->nodeTab[0], fields[i].attribute, arena);
		return true;
	}
	return false;
}

/*
 * In which pass a line is applied: texts are found before what holds them may be stripped, bodies
 * are nodes and found when nothing goes any more.
 */
enum pass { PASS_TEXT, PASS_STRIP, PASS_BODY, PASS_COUNT };

static enum pass pass_of(const char *name)
{
	return str_eq(name, "strip") ? PASS_STRIP : str_eq(name, "body") ? PASS_BODY : PASS_TEXT;
}

static void say_wrong(struct rule_result *result, struct arena *arena, int number, const char *what,
	const char *where)
{
	if (result->wrong_count++ >= WRONG_MAX)
		return;
	result->wrong = arena_printf(arena, "%s%sline %d: %s %s",
		result->wrong ? result->wrong : "", result->wrong ? "; " : "", number, what, where);
}

static void apply_line(char *line, int number, enum pass pass, xmlDoc *doc, struct arena *arena,
	struct rule_result *result)
{
	char *colon = strchr(line, ':');
	xmlXPathObject *found;

	if (*line == '#' || !*line)
		return;
	if (!colon) {
		if (pass == PASS_TEXT)
			say_wrong(result, arena, number, "no ':' in", line);
		return;
	}
	*colon = '\0';
	str_trim(line);
	if (pass_of(line) != pass)
		return;
	found = find(doc, colon + 1);
	if (!found || found->type != XPATH_NODESET)
		say_wrong(result, arena, number, "no selector:", str_trim(colon + 1));
	else if (found->nodesetval && found->nodesetval->nodeNr > NODES_MAX)
		say_wrong(result, arena, number, "too much is selected by", line);
	else if (!apply(line, found->nodesetval, arena, result))
		say_wrong(result, arena, number,
			"not one of title, author, date, next, strip, body:", line);
	xmlXPathFreeObject(found);
}

void rules_apply(const char *rule, xmlDoc *doc, struct arena *arena, struct rule_result *result)
{
	char *line, *next;
	enum pass pass;
	int number;

	memset(result, 0, sizeof(*result));
	for (pass = PASS_TEXT; pass < PASS_COUNT; pass++) {
		line = arena_strdup(arena, rule);
		for (number = 1; line; number++, line = next) {
			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			apply_line(str_trim(line), number, pass, doc, arena, result);
		}
	}
}

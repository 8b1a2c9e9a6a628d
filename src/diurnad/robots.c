#include "diurnad/robots.h"

#include "core/buf.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

#define PRODUCT_TOKEN "diurna"

/* Rules kept of one group: more than any site has, few enough to be tried one by one. */
enum { MAX_RULES = 20000 };

struct rule {
	char *pattern; /* normalised; '*' and a last '$' mean what RFC 9309, 2.2.3 says */
	size_t len;    /* of pattern: the longest match decides */
	bool is_allow;
};

struct group {
	struct rule *rules;
	size_t count, space;
	double delay_s;
	bool is_there; /* some user-agent line named it */
};

struct robots {
	struct group ours, all;
};

/*
 * One form for comparing: what needs no encoding is decoded, the rest is encoded with capital
 * letters. Source: RFC 9309, 2.2.2.
 */
static void normalise(const char *s, size_t len, struct buf *to)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		int high = c == '%' && i + 2 < len ? str_hex_digit(s[i + 1]) : -1;
		int low = high >= 0 ? str_hex_digit(s[i + 2]) : -1;
		bool is_encoded = high >= 0 && low >= 0;

		if (is_encoded) {
			c = (unsigned char)(high * 16 + low);
			i += 2;
		}
		if (c > 0x20 && c < 0x7F &&
			(!is_encoded || str_is_alpha((char)c) || str_is_digit((char)c) ||
				memchr("-._~", c, 4)))
			buf_putc(to, (char)c);
		else
			buf_printf(to, "%%%02X", c);
	}
}

static void group_add(struct group *group, bool is_allow, const char *value, size_t len)
{
	struct buf pattern = {0};
	struct rule *rule;

	/* RFC 9309, 2.2.2: an empty path matches nothing. */
	if (!len || group->count >= MAX_RULES)
		return;
	if (*value != '/' && *value != '*')
		buf_putc(&pattern, '/');
	normalise(value, len, &pattern);
	ARRAY_GROW(group->rules, group->count, group->space);
	rule = &group->rules[group->count++];
	rule->len = pattern.len;
	rule->pattern = buf_take(&pattern);
	rule->is_allow = is_allow;
}

struct line {
	const char *key, *value;
	size_t key_len, value_len;
};

static bool is_key(const struct line *line, const char *key)
{
	return line->key_len == strlen(key) && strncasecmp(line->key, key, line->key_len) == 0;
}

/* Which group a user-agent line names. RFC 9309, 2.2.1: letters, '_' and '-' are the token. */
static struct group *named(struct robots *robots, const struct line *line)
{
	size_t len = 0;

	if (line->value_len && *line->value == '*')
		return &robots->all;
	while (len < line->value_len && (str_is_alpha(line->value[len]) ||
						line->value[len] == '_' || line->value[len] == '-'))
		len++;
	if (len == strlen(PRODUCT_TOKEN) && strncasecmp(line->value, PRODUCT_TOKEN, len) == 0)
		return &robots->ours;
	return NULL;
}

/* The groups that the rules read now belong to. */
struct state {
	bool to_ours, to_all;
	bool in_rules; /* a rule was read: the next user-agent begins a new group */
};

static void take_line(struct robots *robots, struct state *state, const struct line *line)
{
	struct group *groups[2], *group;
	bool is_allow = is_key(line, "allow");
	double delay;
	size_t i;

	if (is_key(line, "user-agent")) {
		if (state->in_rules)
			memset(state, 0, sizeof(*state));
		group = named(robots, line);
		state->to_ours |= group == &robots->ours;
		state->to_all |= group == &robots->all;
		if (group)
			group->is_there = true;
		return;
	}
	groups[0] = state->to_ours ? &robots->ours : NULL;
	groups[1] = state->to_all ? &robots->all : NULL;
	if (is_allow || is_key(line, "disallow")) {
		state->in_rules = true;
		for (i = 0; i < 2; i++)
			if (groups[i])
				group_add(groups[i], is_allow, line->value, line->value_len);
	} else if (is_key(line, "crawl-delay")) {
		state->in_rules = true;
		delay = strtod(line->value, NULL);
		for (i = 0; i < 2; i++)
			if (groups[i] && delay > 0 && delay < 1e9)
				groups[i]->delay_s = delay;
	}
}

static void trim(const char **from, size_t *len)
{
	while (*len && str_is_space(**from)) {
		(*from)++;
		(*len)--;
	}
	while (*len && str_is_space((*from)[*len - 1]))
		(*len)--;
}

static void read_line(struct robots *robots, struct state *state, const char *text, size_t len)
{
	const char *hash = memchr(text, '#', len), *colon;
	struct line line;

	if (hash)
		len = (size_t)(hash - text);
	colon = memchr(text, ':', len);
	if (!colon)
		return;
	line.key = text;
	line.key_len = (size_t)(colon - text);
	line.value = colon + 1;
	line.value_len = len - line.key_len - 1;
	trim(&line.key, &line.key_len);
	trim(&line.value, &line.value_len);
	take_line(robots, state, &line);
}

struct robots *robots_parse(const char *body, size_t len)
{
	struct robots *robots = xcalloc(1, sizeof(*robots));
	struct state state = {0};
	struct buf copy = {0};
	char *p, *end, *stop;
	bool is_cut = len >= LIMIT_ROBOTS_BYTES;

	buf_put(&copy, body, is_cut ? LIMIT_ROBOTS_BYTES : len);
	p = copy.data;
	end = p + copy.len;
	if (copy.len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	for (; p < end; p = stop + 1) {
		for (stop = p; stop < end && *stop != '\n' && *stop != '\r';)
			stop++;
		/* Half a rule is another rule: a line cut by the limit does not count. */
		if (stop == end && is_cut)
			break;
		read_line(robots, &state, p, (size_t)(stop - p));
	}
	buf_finish(&copy);
	return robots;
}

static void group_finish(struct group *group)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		free(group->rules[i].pattern);
	free(group->rules);
}

void robots_free(struct robots *robots)
{
	if (!robots)
		return;
	group_finish(&robots->ours);
	group_finish(&robots->all);
	free(robots);
}

static const struct group *group_for_us(const struct robots *robots)
{
	return robots->ours.is_there ? &robots->ours : &robots->all;
}

/* Between two stars a run of characters is taken where it comes first: no going back is needed. */
static bool matches(const struct rule *rule, const char *path, size_t len)
{
	const char *p = rule->pattern, *end = p + rule->len, *at = path, *stop = path + len;
	bool is_anchored = rule->len && end[-1] == '$', is_first = true;

	if (is_anchored)
		end--;
	for (;;) {
		const char *star = memchr(p, '*', (size_t)(end - p));
		size_t run = (size_t)((star ? star : end) - p);
		const char *found = at;

		if (!star && is_anchored && !is_first)
			found = (size_t)(stop - at) >= run ? stop - run : NULL;
		else if (!is_first)
			found = memmem(at, (size_t)(stop - at), p, run);
		if (!found || (size_t)(stop - found) < run || memcmp(found, p, run) != 0)
			return false;
		at = found + run;
		if (!star)
			return !is_anchored || at == stop;
		p = star + 1;
		is_first = false;
	}
}

bool robots_allows(const struct robots *robots, const char *path_query)
{
	const struct group *group = group_for_us(robots);
	const struct rule *best = NULL;
	struct buf path = {0};
	size_t i;

	/* RFC 9309, 2.2.2: robots.txt itself may always be read. */
	if (str_eq(path_query, "/robots.txt"))
		return true;
	normalise(path_query, strlen(path_query), &path);
	for (i = 0; i < group->count; i++) {
		const struct rule *rule = &group->rules[i];

		if (best && (rule->len < best->len || (rule->len == best->len && best->is_allow)))
			continue;
		if (matches(rule, buf_text(&path), path.len))
			best = rule;
	}
	buf_finish(&path);
	return !best || best->is_allow;
}

double robots_delay_s(const struct robots *robots)
{
	return group_for_us(robots)->delay_s;
}

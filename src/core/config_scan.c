#include "core/config_scan.h"

#include "core/config_value.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum token { TOKEN_END, TOKEN_WORD, TOKEN_SIGN };

/* An option that was set. */
struct seen {
	const struct config_option *option;
	int line;
};

struct scanner {
	char *at;         /* what comes next */
	int line;         /* of at */
	char *start;      /* of the token read last */
	int start_line;   /* of it */
	char *word;       /* its text without quotes, a sign as one character; in the arena */
	bool is_quoted;   /* it was in quotes */
	const char *path; /* of the file */
	struct arena *arena;
	struct config_scan *scan;
	struct config_errors *errors;
	struct seen *seen; /* in the current block */
	size_t seen_count, seen_space;
	struct seen *seen_top; /* outside of all blocks, while inside of one */
	size_t seen_top_count, seen_top_space;
};

static void blank(char *from, const char *to)
{
	for (; from < to; from++) {
		if (*from != '\n')
			*from = ' ';
	}
}

/* Comments go: libconfuse counts their lines twice. */
static void skip_space(struct scanner *s)
{
	char *start, *end;

	for (;;) {
		start = s->at;
		if (*start == '#' || (start[0] == '/' && start[1] == '/')) {
			s->at += strcspn(start, "\n");
		} else if (start[0] == '/' && start[1] == '*') {
			end = strstr(start + 2, "*/");
			s->at = end ? end + 2 : start + strlen(start);
		} else if (str_is_space(*start)) {
			s->line += *start == '\n';
			s->at++;
			continue;
		} else {
			return;
		}
		blank(start, s->at);
		s->at = start;
	}
}

static enum token next(struct scanner *s)
{
	char quote;
	size_t len;

	skip_space(s);
	s->start = s->at;
	s->start_line = s->line;
	s->is_quoted = false;
	quote = *s->at;
	if (!quote)
		return TOKEN_END;
	if (quote == '"' || quote == '\'') {
		for (s->at++; *s->at && *s->at != quote; s->at++) {
			if (*s->at == '\\' && s->at[1])
				s->at++;
			s->line += *s->at == '\n';
		}
		s->word = arena_strndup(s->arena, s->start + 1, (size_t)(s->at - s->start - 1));
		s->at += *s->at == quote;
		s->is_quoted = true;
		return TOKEN_WORD;
	}
	len = strcspn(s->at, " \t\r\n\v\f{}()=+,\"'#");
	s->word = arena_strndup(s->arena, s->at, len ? len : 1);
	s->at += len ? len : 1;
	return len ? TOKEN_WORD : TOKEN_SIGN;
}

static bool is_sign(const struct scanner *s, enum token token, char sign)
{
	return token == TOKEN_SIGN && s->word[0] == sign;
}

/* Behind the bracket that closes what was just opened. */
static void skip_block(struct scanner *s)
{
	int depth = 1;
	enum token token;

	while (depth > 0 && (token = next(s)) != TOKEN_END) {
		if (is_sign(s, token, '{'))
			depth++;
		else if (is_sign(s, token, '}'))
			depth--;
	}
}

/* Behind the value that follows a '='. */
static void skip_value(struct scanner *s)
{
	enum token token = next(s);

	if (is_sign(s, token, '{'))
		skip_block(s);
	else if (token == TOKEN_SIGN)
		s->at = s->start; /* wrong; libconfuse says so */
}

static void complain_option(struct scanner *s, enum config_group group, const char *name, int line)
{
	struct nearest nearest = {.word = name};
	const char *in = config_groups[group].name;
	const struct config_option *other = NULL;
	size_t i;

	for (i = 0; i < config_schema_count; i++) {
		if (config_schema[i].group == group)
			nearest_offer(&nearest, config_schema[i].name);
		else if (!other && str_eq(config_schema[i].name, name))
			other = &config_schema[i];
	}
	if (config_group_find(name) != GROUP_COUNT)
		config_errors_add(s->errors, s->path, line, "%s is a block; %s was meant", name,
			config_groups[config_group_find(name)].hint);
	else if (other && other->group != GROUP_TOP)
		config_errors_add(s->errors, s->path, line,
			"%s has no place here; it belongs into %s", name,
			config_groups[other->group].hint);
	else if (other)
		config_errors_add(s->errors, s->path, line,
			"%s has no place here; it belongs outside of all braces", name);
	else if (nearest.best)
		config_errors_add(s->errors, s->path, line,
			"there is no option '%s'%s%s; did you mean '%s'?", log_visible(name),
			*in ? " in " : "", in, nearest.best);
	else
		config_errors_add(s->errors, s->path, line,
			"there is no option '%s'%s%s; diurna.conf(5) lists them", log_visible(name),
			*in ? " in " : "", in);
}

/* An option and its value; the name is read, the sign comes next. */
static void scan_option(
	struct scanner *s, enum config_group group, const char *name, char *start, int line)
{
	const struct config_option *option = config_option_find(group, name);
	bool is_more = s->word[0] == '+';
	char *behind_name = s->at;
	size_t i;

	if (is_more) {
		if (!is_sign(s, next(s), '='))
			s->at = behind_name;
	}
	skip_value(s);
	if (!option) {
		complain_option(s, group, name, line);
		blank(start, s->at);
		return;
	}
	for (i = 0; i < s->seen_count && !is_more; i++) {
		if (s->seen[i].option == option)
			config_errors_add(s->errors, s->path, line,
				"%s is set twice, first in line %d; keep one of them", name,
				s->seen[i].line);
	}
	ARRAY_GROW(s->seen, s->seen_count, s->seen_space);
	s->seen[s->seen_count++] = (struct seen){option, line};
}

/* "digest, network, ... and rule" */
static const char *all_blocks(struct arena *arena)
{
	const char *all = config_groups[GROUP_TOP + 1].name;
	int g;

	for (g = GROUP_TOP + 2; g < GROUP_COUNT; g++)
		all = arena_printf(arena, "%s%s%s", all, g == GROUP_COUNT - 1 ? " and " : ", ",
			config_groups[g].name);
	return all;
}

static void complain_block(struct scanner *s, const char *name, int line)
{
	struct nearest nearest = {.word = name};
	size_t i;

	for (i = GROUP_TOP + 1; i < GROUP_COUNT; i++)
		nearest_offer(&nearest, config_groups[i].name);
	if (config_option_find(GROUP_TOP, name))
		config_errors_add(s->errors, s->path, line, "%s is an option; %s = {...} was meant",
			name, name);
	else if (nearest.best)
		config_errors_add(s->errors, s->path, line,
			"there is no block '%s'; did you mean '%s'?", log_visible(name),
			nearest.best);
	else
		config_errors_add(s->errors, s->path, line, "there is no block '%s'; there are %s",
			log_visible(name), all_blocks(s->arena));
}

/* Where a block of this kind and title begins. Two of one kind are a mistake. */
static void note_place(struct scanner *s, enum config_group group, const char *title, int line)
{
	const struct config_place *place;
	size_t i;

	for (i = 0; i < s->scan->count; i++) {
		place = &s->scan->places[i];
		if (place->group == group && str_eq(place->title, title))
			config_errors_add(s->errors, s->path, line,
				"%s%s%s%s is there twice, first in line %d; make one of the two",
				config_groups[group].name, *title ? " \"" : "", log_visible(title),
				*title ? "\"" : "", place->line);
	}
	ARRAY_GROW(s->scan->places, s->scan->count, s->scan->space);
	s->scan->places[s->scan->count++] = (struct config_place){group, title, line};
}

/* A block whose opening brace was just read. False: it is unknown and gone. */
static bool enter_block(
	struct scanner *s, const char *name, const char *title, char *start, int line)
{
	enum config_group group = config_group_find(name);

	if (group != GROUP_COUNT && config_groups[group].has_title == (title != NULL)) {
		note_place(s, group, title ? title : "", line);
		s->seen_top = s->seen;
		s->seen_top_count = s->seen_count;
		s->seen_top_space = s->seen_space;
		s->seen = NULL;
		s->seen_count = s->seen_space = 0;
		return true;
	}
	if (group != GROUP_COUNT)
		config_errors_add(s->errors, s->path, line, "%s %s; %s was meant", name,
			title ? "has no title" : "needs a title", config_groups[group].hint);
	else
		complain_block(s, name, line);
	skip_block(s);
	blank(start, s->at);
	return false;
}

static void leave_block(struct scanner *s)
{
	free(s->seen);
	s->seen = s->seen_top;
	s->seen_count = s->seen_top_count;
	s->seen_space = s->seen_top_space;
	s->seen_top = NULL;
}

void config_scan(char *text, const char *path, struct arena *arena, struct config_scan *scan,
	struct config_errors *errors)
{
	struct scanner s = {.at = text,
		.line = 1,
		.path = path,
		.arena = arena,
		.scan = scan,
		.errors = errors};
	enum config_group group = GROUP_TOP;
	const char *name, *title;
	enum token token;
	char *start;
	int line;

	while ((token = next(&s)) != TOKEN_END) {
		if (is_sign(&s, token, '}') && group != GROUP_TOP) {
			group = GROUP_TOP;
			leave_block(&s);
		}
		if (token != TOKEN_WORD || s.is_quoted)
			continue;
		name = s.word;
		start = s.start;
		line = s.start_line;
		title = NULL;
		token = next(&s);
		if (is_sign(&s, token, '=') || is_sign(&s, token, '+')) {
			scan_option(&s, group, name, start, line);
			continue;
		}
		if (token == TOKEN_WORD) {
			title = s.word;
			token = next(&s);
		}
		if (!is_sign(&s, token, '{')) {
			/* Wrong: libconfuse says what it misses. We look on at the next line. */
			s.at = start + strcspn(start, "\n");
			s.line = line;
		} else if (group != GROUP_TOP) {
			config_errors_add(errors, path, line,
				"%s { cannot be inside of another block; is a } missing before it?",
				log_visible(name));
			skip_block(&s);
			blank(start, s.at);
		} else if (enter_block(&s, name, title, start, line)) {
			group = config_group_find(name);
		}
	}
	if (group != GROUP_TOP) {
		config_errors_add(errors, path, scan->places[scan->count - 1].line,
			"%s { is not closed; a } was meant before the next block or the end",
			config_groups[group].name);
		leave_block(&s);
	}
	free(s.seen);
}

int config_scan_line(const struct config_scan *scan, enum config_group group, const char *title)
{
	size_t i;

	for (i = 0; i < scan->count; i++) {
		if (scan->places[i].group == group && str_eq(scan->places[i].title, title))
			return scan->places[i].line;
	}
	return 0;
}

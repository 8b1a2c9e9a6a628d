#include "core/config.h"

#include "core/buf.h"
#include "core/config_check.h"
#include "core/config_place.h"
#include "core/config_scan.h"
#include "core/config_schema.h"
#include "core/config_value.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/str.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX_BYTES = 16 * 1024 * 1024 };

/* One value as written, kept by libconfuse. */
struct written {
	const char *text;
	int line;
};

/* What one reading needs. */
struct reading {
	const char *path;
	char *folder; /* of path, absolute; relative paths start here */
	struct config *config;
	struct config_errors *errors;
	struct config_scan scan;
};

/* libconfuse hands no context to its callbacks. */
static __thread struct reading *current;

static void mistake(struct reading *r, int line, const char *what)
{
	config_errors_add(r->errors, r->path, line, "%s", what);
}

static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *format, va_list args)
{
	struct buf text = {0};

	buf_vprintf(&text, format, args);
	buf_puts(&text, "; look for a missing quote, comma, '=' or bracket here or just before");
	mistake(current, cfg->line, buf_text(&text));
	buf_finish(&text);
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	struct written *written = arena_alloc(&current->config->arena, sizeof(*written));

	(void)opt;
	*written = (struct written){arena_strdup(&current->config->arena, text), cfg->line};
	*(struct written **)result = written;
	return 0;
}

static void on_free(void *value)
{
	(void)value; /* lives in the arena */
}

/* The options of a group for libconfuse: everything is a list of texts with their lines. */
static cfg_opt_t *confuse_options(enum config_group group, cfg_opt_t *blocks[GROUP_COUNT])
{
	cfg_opt_t *options = xcalloc(config_schema_count + GROUP_COUNT + 1, sizeof(*options));
	cfg_opt_t end = CFG_END();
	size_t i, n = 0;
	int g;

	for (i = 0; i < config_schema_count; i++) {
		if (config_schema[i].group == group) {
			cfg_opt_t option = CFG_PTR_LIST_CB(
				config_schema[i].name, 0, CFGF_NONE, on_value, on_free);
			options[n++] = option;
		}
	}
	for (g = GROUP_TOP + 1; group == GROUP_TOP && g < GROUP_COUNT; g++) {
		cfg_opt_t block = CFG_SEC(config_groups[g].name, blocks[g],
			config_groups[g].has_title ? CFGF_MULTI | CFGF_TITLE : CFGF_NONE);
		options[n++] = block;
	}
	options[n] = end;
	return options;
}

static void set_presets(struct reading *r, enum config_group group, void *to)
{
	const struct config_option *option;
	struct buf why = {0};
	const char **list;
	char *field;
	size_t i;

	for (i = 0; i < config_schema_count; i++) {
		option = &config_schema[i];
		if (option->group != group || !option->preset || option->type == TYPE_AT ||
			option->type == TYPE_ON)
			continue;
		field = (char *)to + option->offset;
		if (option->is_list) {
			list = arena_calloc(&r->config->arena, 1, sizeof(*list));
			*(const char ***)field = list;
			*(size_t *)((char *)to + option->count_offset) = 1;
			field = (char *)list;
		}
		config_value(option, option->preset, r->folder, &r->config->arena, field, &why);
	}
	buf_finish(&why);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void read_schedule(struct reading *r, const struct config_option *option, cfg_opt_t *opt,
	struct schedule *schedule)
{
	const struct written *written;
	unsigned i, n = cfg_opt_size(opt);
	struct buf why = {0};

	if (option->type == TYPE_AT)
		schedule->at_min = arena_calloc(&r->config->arena, n + 1, sizeof(int));
	for (i = 0; i < n; i++) {
		written = cfg_opt_getnptr(opt, i);
		buf_clear(&why);
		if (!config_value(
			    option, written->text, r->folder, &r->config->arena, schedule, &why))
			mistake(r, written->line, buf_text(&why));
	}
	if (option->type == TYPE_AT && schedule->at_count == 0 && option->preset)
		config_value(option, option->preset, r->folder, &r->config->arena, schedule, &why);
	if (option->type == TYPE_ON && schedule->on_days == 0 && option->preset)
		schedule->on_days = 0x7F;
	if (option->type == TYPE_AT)
		qsort((int *)schedule->at_min, schedule->at_count, sizeof(int), by_number);
	buf_finish(&why);
}

static void read_list(
	struct reading *r, const struct config_option *option, cfg_opt_t *opt, void *to)
{
	unsigned i, n = cfg_opt_size(opt);
	const char **list = arena_calloc(&r->config->arena, n + 1, sizeof(*list));
	const struct written *written;
	struct buf why = {0};
	size_t count = 0;

	for (i = 0; i < n; i++) {
		written = cfg_opt_getnptr(opt, i);
		buf_clear(&why);
		if (config_value(option, written->text, r->folder, &r->config->arena, &list[count],
			    &why))
			count++;
		else
			mistake(r, written->line, buf_text(&why));
	}
	*(const char ***)((char *)to + option->offset) = list;
	*(size_t *)((char *)to + option->count_offset) = count;
	buf_finish(&why);
}

static void read_option(
	struct reading *r, const struct config_option *option, cfg_opt_t *opt, void *to)
{
	const struct written *written;
	struct buf why = {0};
	char *field = (char *)to + option->offset;
	unsigned n = cfg_opt_size(opt);

	if (option->type == TYPE_AT || option->type == TYPE_ON) {
		read_schedule(r, option, opt, (struct schedule *)field);
	} else if (n == 0) {
		return;
	} else if (option->is_list) {
		read_list(r, option, opt, to);
	} else {
		written = cfg_opt_getnptr(opt, n - 1);
		if (n > 1) {
			buf_printf(&why, "%s is one value, not a list of %u", option->name, n);
			mistake(r, written->line, buf_text(&why));
		} else if (!config_value(option, written->text, r->folder, &r->config->arena, field,
				   &why)) {
			mistake(r, written->line, buf_text(&why));
		}
	}
	buf_finish(&why);
}

static void read_group(struct reading *r, enum config_group group, cfg_t *cfg, void *to)
{
	size_t i;

	set_presets(r, group, to);
	for (i = 0; i < config_schema_count; i++) {
		if (config_schema[i].group == group)
			read_option(
				r, &config_schema[i], cfg_getopt(cfg, config_schema[i].name), to);
	}
}

/* Blocks with titles as an array of size bytes each. */
static void *read_blocks(struct reading *r, enum config_group group, cfg_t *cfg, size_t size,
	void (*set_title)(struct reading *r, void *block, const char *title), size_t *count)
{
	cfg_opt_t *opt = cfg_getopt(cfg, config_groups[group].name);
	unsigned i, n = cfg_opt_size(opt);
	char *blocks = arena_calloc(&r->config->arena, n + 1, size);
	cfg_t *block;

	for (i = 0; i < n; i++) {
		block = cfg_opt_getnsec(opt, i);
		set_title(r, blocks + i * size, arena_strdup(&r->config->arena, cfg_title(block)));
		read_group(r, group, block, blocks + i * size);
	}
	*count = n;
	return blocks;
}

static void set_section_title(struct reading *r, void *block, const char *title)
{
	struct config_section *section = block;

	section->title = title;
	section->slug = config_slug(title, &r->config->arena);
	section->line = config_scan_line(&r->scan, GROUP_SECTION, title);
	if (!*title)
		mistake(r, section->line, "section has an empty title; give it a name");
}

static void set_feed_url(struct reading *r, void *block, const char *title)
{
	static const struct config_option url = {.name = "the address of feed", .type = TYPE_URL};
	struct config_feed *feed = block;
	struct buf why = {0};

	feed->url = title;
	feed->fulltext = r->config->fulltext;
	feed->history = r->config->history;
	feed->line = config_scan_line(&r->scan, GROUP_FEED, title);
	if (!config_value(&url, title, r->folder, &r->config->arena, &feed->url, &why))
		mistake(r, feed->line, buf_text(&why));
	buf_finish(&why);
}

static void set_rule_name(struct reading *r, void *block, const char *title)
{
	struct config_rule *rule = block;

	rule->name = title;
	rule->line = config_scan_line(&r->scan, GROUP_RULE, title);
}

/* What a section says of its time is completed from the digest's. */
static void complete_schedules(struct config *config)
{
	struct config_section *sections = (struct config_section *)config->sections;
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		struct schedule *schedule = &sections[i].schedule;

		if (schedule->at_count == 0 && schedule->on_days != 0) {
			schedule->at_min = config->schedule.at_min;
			schedule->at_count = config->schedule.at_count;
		} else if (schedule->at_count > 0 && schedule->on_days == 0) {
			schedule->on_days = config->schedule.on_days;
		}
	}
}

/* Two titles that make the same file name get numbers. "index" is the front page's. */
static void number_slugs(struct config *config)
{
	struct config_section *sections = (struct config_section *)config->sections;
	const char *base;
	size_t i, j;
	int n;

	for (i = 0; i < config->section_count; i++) {
		base = sections[i].slug;
		n = str_eq(base, "index") ? 2 : 1;
		if (n == 2)
			sections[i].slug = "index-2";
		for (j = 0; j < i; j++) {
			if (!str_eq(sections[i].slug, sections[j].slug))
				continue;
			sections[i].slug = arena_printf(&config->arena, "%s-%d", base, ++n);
			j = (size_t)-1; /* look again from the start */
		}
	}
}

static int by_url(const void *a, const void *b)
{
	return strcmp(((const struct config_feed *)a)->url, ((const struct config_feed *)b)->url);
}

static void read_all(struct reading *r, char *text)
{
	cfg_opt_t *blocks[GROUP_COUNT] = {NULL}, *top;
	struct config *config = r->config;
	struct config_feed *feeds;
	cfg_t *cfg;
	int g;

	config_scan(text, r->path, &config->arena, &r->scan, r->errors);
	for (g = GROUP_TOP + 1; g < GROUP_COUNT; g++)
		blocks[g] = confuse_options((enum config_group)g, NULL);
	top = confuse_options(GROUP_TOP, blocks);
	cfg = cfg_init(top, CFGF_NONE);
	cfg_set_error_function(cfg, on_error);
	/* After an error of syntax what was read so far is checked all the same. */
	cfg_parse_buf(cfg, text);
	read_group(r, GROUP_TOP, cfg, config);
	for (g = GROUP_TOP + 1; g < GROUP_COUNT; g++) {
		if (!config_groups[g].has_title)
			read_group(r, (enum config_group)g, cfg_getsec(cfg, config_groups[g].name),
				config);
	}
	config->sections = read_blocks(r, GROUP_SECTION, cfg, sizeof(*config->sections),
		set_section_title, &config->section_count);
	feeds = read_blocks(
		r, GROUP_FEED, cfg, sizeof(*config->feeds), set_feed_url, &config->feed_count);
	qsort(feeds, config->feed_count, sizeof(*feeds), by_url);
	config->feeds = feeds;
	config->rules = read_blocks(
		r, GROUP_RULE, cfg, sizeof(*config->rules), set_rule_name, &config->rule_count);
	cfg_free(cfg);
	for (g = GROUP_TOP + 1; g < GROUP_COUNT; g++)
		free(blocks[g]);
	free(top);
}

static enum status read_file(const char *path, struct buf *text, struct config_errors *errors)
{
	enum status status = file_read(path, CONFIG_MAX_BYTES, text);

	if (status == STATUS_LIMIT)
		config_errors_add(errors, path, 0, "is too large to be a configuration");
	else if (status != STATUS_OK)
		config_errors_add(errors, path, 0,
			errno == EISDIR  ? "is a folder; --config names the file itself"
			: errno == EPIPE ? "is a pipe that nobody writes to"
					 : "%s",
			strerror(errno));
	if (status == STATUS_OK && strlen(buf_text(text)) != text->len) {
		config_errors_add(errors, path, 0, "is no text; a configuration was meant");
		status = STATUS_CONFIG;
	}
	return status;
}

static char *folder_of(const char *path)
{
	char *absolute = realpath(path, NULL), *slash;

	if (!absolute)
		return xstrdup("/");
	slash = strrchr(absolute, '/');
	slash[slash == absolute] = '\0';
	return absolute;
}

enum status config_load_any(const char *path, struct config **config, struct config_errors *errors)
{
	char *found = path ? xstrdup(path) : config_find();
	struct buf text = {0};
	struct reading r = {.errors = errors};
	size_t error_mark = errors->count; /* of another file */
	enum status status = read_file(found, &text, errors);

	*config = NULL;
	if (status != STATUS_OK)
		goto out;
	buf_putc(&text, '\n');
	r.config = xcalloc(1, sizeof(*r.config));
	r.config->path = arena_strdup(&r.config->arena, found);
	r.path = r.config->path;
	r.folder = folder_of(found);
	current = &r;
	config_preset_paths(r.config);
	read_all(&r, text.data);
	number_slugs(r.config);
	complete_schedules(r.config);
	config_check(r.config, &r.scan, errors);
	config_errors_sort(errors, error_mark, r.path);
	*config = r.config;
	if (errors->count > error_mark)
		status = STATUS_CONFIG;
	current = NULL;
	free(r.scan.places);
	free(r.folder);
out:
	buf_finish(&text);
	free(found);
	return status;
}

enum status config_load(const char *path, struct config **config, struct config_errors *errors)
{
	enum status status = config_load_any(path, config, errors);

	if (status == STATUS_CONFIG) {
		config_free(*config);
		*config = NULL;
	}
	return status;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	arena_finish(&config->arena);
	free(config);
}

const struct config_section *config_section_of(const struct config *config, const char *url)
{
	size_t i, k;

	for (i = 0; i < config->section_count; i++) {
		for (k = 0; k < config->sections[i].feed_count; k++) {
			if (str_eq(config->sections[i].feeds[k], url))
				return &config->sections[i];
		}
	}
	return NULL;
}

int64_t config_oldest(const struct config *config, int64_t seen_at)
{
	return config->max_age_s > 0 ? seen_at - config->max_age_s : INT64_MIN;
}

const struct config_feed *config_feed(const struct config *config, const char *url)
{
	const struct config_feed key = {.url = url};

	/* Asked at every poll: thousands of feeds may have a block. */
	return config->feed_count ? bsearch(&key, config->feeds, config->feed_count,
					    sizeof(*config->feeds), by_url)
				  : NULL;
}

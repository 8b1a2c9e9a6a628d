#include "diurnad/siterules.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/identity.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct siterule {
	char *site;
	char *text;
};

struct siterules {
	struct siterule *rules; /* sorted by site */
	size_t count, space;
};

static int compare(const void *a, const void *b)
{
	const struct siterule *x = a, *y = b;

	return strcmp(x->site, y->site);
}

static void load_one(struct siterules *rules, const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct buf text = {0};
	enum status status = file_read(path, LIMIT_RULE_BYTES, &text);

	if (status != STATUS_OK) {
		log_warning("rule %s: %s; it is not used", log_visible(path), status_text(status));
		buf_finish(&text);
	} else {
		ARRAY_GROW(rules->rules, rules->count, rules->space);
		rules->rules[rules->count].site = str_lower(xstrdup(name));
		rules->rules[rules->count++].text = xstrdup(buf_text(&text));
		buf_finish(&text);
	}
	free(path);
}

struct siterules *siterules_load(const char *folder)
{
	struct siterules *rules = xcalloc(1, sizeof(*rules));
	DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *file;

	if (!dir) {
		if (folder && errno != ENOENT)
			log_warning("rules %s: %s; no site has one", log_visible(folder),
				strerror(errno));
		return rules;
	}
	while ((file = readdir(dir)) != NULL) {
		if (file->d_name[0] != '.' && strchr(file->d_name, '.') &&
			!str_ends(file->d_name, "~"))
			load_one(rules, folder, file->d_name);
	}
	closedir(dir);
	if (rules->count > 1)
		qsort(rules->rules, rules->count, sizeof(*rules->rules), compare);
	return rules;
}

void siterules_free(struct siterules *rules)
{
	size_t i;

	if (!rules)
		return;
	for (i = 0; i < rules->count; i++) {
		free(rules->rules[i].site);
		free(rules->rules[i].text);
	}
	free(rules->rules);
	free(rules);
}

const char *siterules_find(const struct siterules *rules, const char *url)
{
	struct buf site = {0};
	struct siterule key = {0};
	const struct siterule *found = NULL;

	if (rules->count > 0 && url_site(url, &site)) {
		key.site = site.data;
		found = bsearch(&key, rules->rules, rules->count, sizeof(key), compare);
	}
	buf_finish(&site);
	return found ? found->text : NULL;
}

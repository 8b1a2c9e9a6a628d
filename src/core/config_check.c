#include "core/config_check.h"

#include "core/config_value.h"
#include "core/str.h"

struct check {
	const struct config *config;
	const struct config_scan *scan; /* knows the lines of blocks */
	struct config_errors *errors;
};

static void mistake(struct check *c, int line, const char *what)
{
	config_errors_add(c->errors, c->config->path, line, "%s", what);
}

static void check_section_name(struct check *c, const struct config_rule *rule, const char *name)
{
	struct nearest nearest = {.word = name};
	const struct config *config = c->config;
	size_t i;

	/* Folders of subscription lists are sections too, and not known here. */
	if (!name || str_eq(name, "Other"))
		return;
	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].title, name))
			return;
		nearest_offer(&nearest, config->sections[i].title);
	}
	if (config->subscription_count > 0 && !nearest.best)
		return;
	config_errors_add(c->errors, c->config->path, rule->line,
		"rule \"%s\": there is no section \"%s\"%s%s%s", rule->name, name,
		nearest.best ? "; did you mean \"" : "", nearest.best ? nearest.best : "",
		nearest.best ? "\"?" : "");
}

static void check_rules(struct check *c)
{
	const struct config_rule *rule;
	size_t i;

	for (i = 0; i < c->config->rule_count; i++) {
		rule = &c->config->rules[i];
		if (!rule->in_section && !rule->feed && !rule->category && !rule->author &&
			!rule->title && !rule->text && !rule->language)
			config_errors_add(c->errors, c->config->path, rule->line,
				"rule \"%s\" has no condition and would meet every item; give it a "
				"title, text, author, category, feed, language or in-section",
				rule->name);
		if (rule->action == RULE_SECTION && !rule->section)
			config_errors_add(c->errors, c->config->path, rule->line,
				"rule \"%s\" does not say into which section; section = \"...\" was meant",
				rule->name);
		if (rule->action != RULE_SECTION && rule->section)
			config_errors_add(c->errors, c->config->path, rule->line,
				"rule \"%s\" names a section, but its action is another; "
				"action = section was meant",
				rule->name);
		check_section_name(c, rule, rule->section);
		check_section_name(c, rule, rule->in_section);
	}
}

static void check_intervals(struct check *c)
{
	const struct config *config = c->config;
	int line = config_scan_line(c->scan, GROUP_POLL, "");

	if (config->min_interval_s > config->max_interval_s)
		mistake(c, line,
			"interval-min is longer than interval-max; the other way round was meant");
}

/* Recipients and exactly one way to them. */
static void check_mail(struct check *c)
{
	const struct config_mail *mail = &c->config->mail;
	int line = config_scan_line(c->scan, GROUP_MAIL, ""), ways;

	ways = (mail->server != NULL) + (mail->sendmail != NULL) + (mail->maildir != NULL);
	if (line == 0)
		return;
	if (mail->to_count == 0)
		mistake(c, line, "mail has no recipient; to = {\"me@example.org\"} was meant");
	if (ways == 0)
		mistake(c, line,
			"mail does not say how; one of server, sendmail and maildir was meant");
	if (ways > 1)
		mistake(c, line,
			"mail says more than one way; keep one of server, sendmail and maildir");
	if (!mail->server && (mail->user || mail->password_file || mail->ca_file))
		mistake(c, line, "user, password-file and ca-file are for a server; it is missing");
	if (mail->password_file && !mail->user)
		mistake(c, line, "mail has a password-file and no user; add one");
}

/* A port can be reached by every user of the machine. */
static void check_web(struct check *c)
{
	const struct config_web *web = &c->config->web;
	int line = config_scan_line(c->scan, GROUP_WEB, "");

	if (web->listen && *web->listen != '/' && !web->password_file)
		mistake(c, line,
			"web listens on a port and has no password-file; every user of this machine "
			"could read; add one, or listen on a path");
	if (web->user && !web->password_file)
		mistake(c, line, "web has a user and no password-file; add one");
}

static void check_websub(struct check *c)
{
	const struct config_websub *websub = &c->config->websub;
	int line = config_scan_line(c->scan, GROUP_WEBSUB, "");

	if (websub->callback && !str_istarts(websub->callback, "https://"))
		mistake(c, line,
			"the callback of websub is reached by hubs over the Internet; an https "
			"address of your reverse proxy was meant");
	if (websub->listen && !websub->callback)
		mistake(c, line,
			"websub listens and has no callback; add the address that hubs reach "
			"it by");
}

/* A feed belongs into one section. */
static void check_sections(struct check *c)
{
	const struct config_section *a, *b;
	size_t i, j, k, l;

	for (i = 0; i < c->config->section_count; i++) {
		a = &c->config->sections[i];
		for (j = 0; j < i; j++) {
			b = &c->config->sections[j];
			for (k = 0; k < a->feed_count; k++) {
				for (l = 0; l < b->feed_count && !str_eq(a->feeds[k], b->feeds[l]);
					l++)
					continue;
				if (l < b->feed_count)
					config_errors_add(c->errors, c->config->path, a->line,
						"section \"%s\": %s is in section \"%s\" already (line "
						"%d); keep it in one of them",
						a->title, a->feeds[k], b->title, b->line);
			}
		}
	}
}

void config_check(
	const struct config *config, const struct config_scan *scan, struct config_errors *errors)
{
	struct check c = {config, scan, errors};

	check_sections(&c);
	check_rules(&c);
	check_intervals(&c);
	check_web(&c);
	check_websub(&c);
	check_mail(&c);
}

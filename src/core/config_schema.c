#include "core/config_schema.h"

#include "core/config.h"
#include "core/mem.h"
#include "core/str.h"

#include <limits.h>

const struct config_group_row config_groups[GROUP_COUNT] = {
	[GROUP_TOP] = {"", false, ""},
	[GROUP_DIGEST] = {"digest", false, "digest { ... }"},
	[GROUP_NETWORK] = {"network", false, "network { ... }"},
	[GROUP_POLL] = {"poll", false, "poll { ... }"},
	[GROUP_STORE] = {"store", false, "store { ... }"},
	[GROUP_MAIL] = {"mail", false, "mail { ... }"},
	[GROUP_WEB] = {"web", false, "web { ... }"},
	[GROUP_WEBSUB] = {"websub", false, "websub { ... }"},
	[GROUP_SECTION] = {"section", true, "section \"Europe\" { ... }"},
	[GROUP_FEED] = {"feed", true, "feed \"https://example.org/feed.xml\" { ... }"},
	[GROUP_RULE] = {"rule", true, "rule \"no adverts\" { ... }"},
};

/* In the order of the enums that they become. */
static const char *const print_words[] = {"full", "excerpt", "title", NULL};
static const char *const image_words[] = {"linked", "stored", NULL};
static const char *const tls_words[] = {"required", "tried", "off", NULL};
static const char *const action_words[] = {"keep", "drop", "star", "section", NULL};
/* The first three are no levels: log levels begin at 3. */
static const char *const level_words[] = {
	"", "", "", "err", "warning", "notice", "info", "debug", NULL};
static const char *const format_words[] = {
	"html", "markdown", "text", "json", "atom", "epub", "mail", NULL};

#define IN_CONFIG(field)         offsetof(struct config, field), 0
#define IN_SECTION(field)        offsetof(struct config_section, field), 0
#define IN_FEED(field)           offsetof(struct config_feed, field), 0
#define IN_RULE(field)           offsetof(struct config_rule, field), 0
#define LIST(type, field, count) offsetof(struct type, field), offsetof(struct type, count)

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 366 * DAY };
#define CENTURY ((int64_t)100 * YEAR)

/* clang-format off */
const struct config_option config_schema[] = {
	/* group, name, type, list, where, bounds, preset, words */
	{GROUP_TOP, "confine", TYPE_BOOL, false, IN_CONFIG(confines), 0, 0, "true", NULL},
	{GROUP_TOP, "control", TYPE_PATH, false, IN_CONFIG(control_path), 0, 0, NULL, NULL},
	{GROUP_TOP, "fulltext", TYPE_BOOL, false, IN_CONFIG(fulltext), 0, 0, "true", NULL},
	{GROUP_TOP, "log-level", TYPE_CHOICE, false, IN_CONFIG(log_level), 0, 0, "info", level_words},
	{GROUP_TOP, "parsers", TYPE_COUNT, false, IN_CONFIG(parser_count), 0, 64, "0", NULL},
	{GROUP_TOP, "site-rules", TYPE_PATH, false, IN_CONFIG(rules_dir), 0, 0, NULL, NULL},
	{GROUP_TOP, "subscriptions", TYPE_PLACE, true, LIST(config, subscriptions, subscription_count), 0, 0, NULL, NULL},

	{GROUP_DIGEST, "directory", TYPE_PATH, false, IN_CONFIG(digest_dir), 0, 0, NULL, NULL},
	{GROUP_DIGEST, "at", TYPE_AT, true, IN_CONFIG(schedule), 0, 0, "06:30", NULL},
	{GROUP_DIGEST, "on", TYPE_ON, true, IN_CONFIG(schedule), 0, 0, "daily", NULL},
	{GROUP_DIGEST, "timezone", TYPE_ZONE, false, IN_CONFIG(timezone), 0, 0, NULL, NULL},
	{GROUP_DIGEST, "language", TYPE_LANGUAGE, false, IN_CONFIG(language), 0, 0, "en", NULL},
	{GROUP_DIGEST, "name", TYPE_TEXT, false, IN_CONFIG(name), 0, 0, "diurna", NULL},
	{GROUP_DIGEST, "style", TYPE_PATH, false, IN_CONFIG(style), 0, 0, NULL, NULL},
	{GROUP_DIGEST, "formats", TYPE_WORD, true, LIST(config, formats, format_count), 0, 0, "html", format_words},
	{GROUP_DIGEST, "grace", TYPE_SECONDS, false, IN_CONFIG(grace_s), 0, 6 * HOUR, "10m", NULL},
	{GROUP_DIGEST, "max-age", TYPE_SECONDS, false, IN_CONFIG(max_age_s), 0, CENTURY, "3d", NULL},
	{GROUP_DIGEST, "max-first", TYPE_COUNT, false, IN_CONFIG(max_first), 0, 10000, "20", NULL},
	{GROUP_DIGEST, "empty", TYPE_BOOL, false, IN_CONFIG(prints_empty), 0, 0, "true", NULL},
	{GROUP_DIGEST, "week", TYPE_BOOL, false, IN_CONFIG(prints_week), 0, 0, "false", NULL},
	{GROUP_DIGEST, "keep", TYPE_SECONDS, false, IN_CONFIG(keep_editions_s), 0, CENTURY, "forever", NULL},
	{GROUP_DIGEST, "images", TYPE_CHOICE, false, IN_CONFIG(images), 0, 0, "linked", image_words},
	{GROUP_DIGEST, "max-image", TYPE_BYTES, false, IN_CONFIG(max_image_bytes), 1024, 20 * 1024 * 1024, "2M", NULL},

	{GROUP_NETWORK, "allow", TYPE_NETWORK, true, LIST(config, allow, allow_count), 0, 0, NULL, NULL},
	{GROUP_NETWORK, "proxy", TYPE_PROXY, false, IN_CONFIG(proxy), 0, 0, NULL, NULL},
	{GROUP_NETWORK, "contact", TYPE_CONTACT, false, IN_CONFIG(contact), 0, 0, NULL, NULL},
	{GROUP_NETWORK, "ca-file", TYPE_PATH, false, IN_CONFIG(ca_file), 0, 0, NULL, NULL},
	{GROUP_NETWORK, "connections", TYPE_COUNT, false, IN_CONFIG(max_connections), 1, 10000, "64", NULL},
	{GROUP_NETWORK, "host-connections", TYPE_COUNT, false, IN_CONFIG(host_connections), 1, 100, "1", NULL},
	{GROUP_NETWORK, "address-connections", TYPE_COUNT, false, IN_CONFIG(address_connections), 0, 10000, "4", NULL},
	{GROUP_NETWORK, "address-gap", TYPE_MILLIS, false, IN_CONFIG(address_gap_ms), 0, HOUR * 1000, "250ms", NULL},
	{GROUP_NETWORK, "feed-gap", TYPE_MILLIS, false, IN_CONFIG(feed_gap_ms), 0, HOUR * 1000, "1s", NULL},
	{GROUP_NETWORK, "page-gap", TYPE_MILLIS, false, IN_CONFIG(page_gap_ms), 0, HOUR * 1000, "2s", NULL},
	{GROUP_NETWORK, "connect-timeout", TYPE_SECONDS, false, IN_CONFIG(connect_timeout_s), 1, 10 * MINUTE, "20s", NULL},
	{GROUP_NETWORK, "timeout", TYPE_SECONDS, false, IN_CONFIG(transfer_timeout_s), 1, HOUR, "60s", NULL},
	{GROUP_NETWORK, "robots", TYPE_BOOL, false, IN_CONFIG(honours_robots), 0, 0, "true", NULL},

	{GROUP_POLL, "interval-min", TYPE_SECONDS, false, IN_CONFIG(min_interval_s), 1, 30 * DAY, "1h", NULL},
	{GROUP_POLL, "interval-max", TYPE_SECONDS, false, IN_CONFIG(max_interval_s), 1, 30 * DAY, "24h", NULL},
	{GROUP_POLL, "interval-default", TYPE_SECONDS, false, IN_CONFIG(default_interval_s), 1, 30 * DAY, "2h", NULL},
	{GROUP_POLL, "interval-blind", TYPE_SECONDS, false, IN_CONFIG(blind_interval_s), 1, 30 * DAY, "24h", NULL},
	{GROUP_POLL, "history", TYPE_COUNT, false, IN_CONFIG(history), 0, 1000, "20", NULL},
	{GROUP_POLL, "history-entries", TYPE_COUNT, false, IN_CONFIG(history_entries), 1, 1000000, "1000", NULL},
	{GROUP_POLL, "jitter", TYPE_BOOL, false, IN_CONFIG(jitters), 0, 0, "true", NULL},

	{GROUP_STORE, "path", TYPE_PATH, false, IN_CONFIG(store_path), 0, 0, NULL, NULL},
	{GROUP_STORE, "keep", TYPE_SECONDS, false, IN_CONFIG(keep.age_s), 0, CENTURY, "forever", NULL},
	{GROUP_STORE, "keep-items", TYPE_COUNT, false, IN_CONFIG(keep.items), 0, INT_MAX, "0", NULL},
	{GROUP_STORE, "size", TYPE_BYTES, false, IN_CONFIG(max_store_bytes), 0, (int64_t)1 << 46, "0", NULL},

	{GROUP_MAIL, "to", TYPE_ADDRESS, true, LIST(config, mail.to, mail.to_count), 0, 0, NULL, NULL},
	{GROUP_MAIL, "from", TYPE_ADDRESS, false, IN_CONFIG(mail.from), 0, 0, NULL, NULL},
	{GROUP_MAIL, "server", TYPE_SERVER, false, IN_CONFIG(mail.server), 0, 0, NULL, NULL},
	{GROUP_MAIL, "tls", TYPE_CHOICE, false, IN_CONFIG(mail.tls), 0, 0, "required", tls_words},
	{GROUP_MAIL, "ca-file", TYPE_PATH, false, IN_CONFIG(mail.ca_file), 0, 0, NULL, NULL},
	{GROUP_MAIL, "user", TYPE_TEXT, false, IN_CONFIG(mail.user), 0, 0, NULL, NULL},
	{GROUP_MAIL, "password-file", TYPE_SECRET, false, IN_CONFIG(mail.password_file), 0, 0, NULL, NULL},
	{GROUP_MAIL, "sendmail", TYPE_PATH, false, IN_CONFIG(mail.sendmail), 0, 0, NULL, NULL},
	{GROUP_MAIL, "maildir", TYPE_PATH, false, IN_CONFIG(mail.maildir), 0, 0, NULL, NULL},
	{GROUP_MAIL, "print", TYPE_CHOICE, false, IN_CONFIG(mail.print), 0, 0, "full", print_words},

	{GROUP_WEB, "listen", TYPE_LISTEN, false, IN_CONFIG(web.listen), 0, 0, NULL, NULL},
	{GROUP_WEB, "user", TYPE_TEXT, false, IN_CONFIG(web.user), 0, 0, NULL, NULL},
	{GROUP_WEB, "password-file", TYPE_SECRET, false, IN_CONFIG(web.password_file), 0, 0, NULL, NULL},
	{GROUP_WEB, "may-subscribe", TYPE_BOOL, false, IN_CONFIG(web.may_subscribe), 0, 0, "false", NULL},

	{GROUP_WEBSUB, "callback", TYPE_URL, false, IN_CONFIG(websub.callback), 0, 0, NULL, NULL},
	{GROUP_WEBSUB, "listen", TYPE_LISTEN, false, IN_CONFIG(websub.listen), 0, 0, NULL, NULL},
	{GROUP_WEBSUB, "interval", TYPE_SECONDS, false, IN_CONFIG(websub.interval_s), HOUR, 30 * DAY, "24h", NULL},
	{GROUP_WEBSUB, "lease", TYPE_SECONDS, false, IN_CONFIG(websub.lease_s), HOUR, 30 * DAY, "10d", NULL},

	{GROUP_SECTION, "feeds", TYPE_URL, true, LIST(config_section, feeds, feed_count), 0, 0, NULL, NULL},
	{GROUP_SECTION, "categories", TYPE_TEXT, true, LIST(config_section, categories, category_count), 0, 0, NULL, NULL},
	{GROUP_SECTION, "match", TYPE_MATCH, false, IN_SECTION(match), 0, 0, NULL, NULL},
	{GROUP_SECTION, "language", TYPE_LANGUAGE, false, IN_SECTION(language), 0, 0, NULL, NULL},
	{GROUP_SECTION, "at", TYPE_AT, true, IN_SECTION(schedule), 0, 0, NULL, NULL},
	{GROUP_SECTION, "on", TYPE_ON, true, IN_SECTION(schedule), 0, 0, NULL, NULL},
	{GROUP_SECTION, "keep", TYPE_SECONDS, false, IN_SECTION(keep.age_s), 0, CENTURY, NULL, NULL},
	{GROUP_SECTION, "keep-items", TYPE_COUNT, false, IN_SECTION(keep.items), 0, INT_MAX, "0", NULL},
	{GROUP_SECTION, "keep-size", TYPE_BYTES, false, IN_SECTION(keep.bytes), 0, (int64_t)1 << 46, "0", NULL},
	{GROUP_SECTION, "weight", TYPE_NUMBER, false, IN_SECTION(weight), 0, 100, "1", NULL},
	{GROUP_SECTION, "see-also", TYPE_BOOL, false, IN_SECTION(sees_also), 0, 0, "false", NULL},
	{GROUP_SECTION, "print", TYPE_CHOICE, false, IN_SECTION(print), 0, 0, "full", print_words},

	{GROUP_FEED, "title", TYPE_TEXT, false, IN_FEED(title), 0, 0, NULL, NULL},
	{GROUP_FEED, "interval", TYPE_SECONDS, false, IN_FEED(interval_s), 1, 30 * DAY, NULL, NULL},
	{GROUP_FEED, "fulltext", TYPE_BOOL, false, IN_FEED(fulltext), 0, 0, NULL, NULL},
	{GROUP_FEED, "history", TYPE_COUNT, false, IN_FEED(history), 0, 1000, NULL, NULL},
	{GROUP_FEED, "ignore-robots", TYPE_BOOL, false, IN_FEED(ignores_robots), 0, 0, "false", NULL},
	{GROUP_FEED, "keep", TYPE_SECONDS, false, IN_FEED(keep.age_s), 0, CENTURY, NULL, NULL},
	{GROUP_FEED, "keep-items", TYPE_COUNT, false, IN_FEED(keep.items), 0, INT_MAX, "0", NULL},
	{GROUP_FEED, "keep-size", TYPE_BYTES, false, IN_FEED(keep.bytes), 0, (int64_t)1 << 46, "0", NULL},
	{GROUP_FEED, "weight", TYPE_NUMBER, false, IN_FEED(weight), 0, 100, "1", NULL},
	{GROUP_FEED, "user", TYPE_TEXT, false, IN_FEED(user), 0, 0, NULL, NULL},
	{GROUP_FEED, "password-file", TYPE_SECRET, false, IN_FEED(password_file), 0, 0, NULL, NULL},
	{GROUP_FEED, "headers", TYPE_HEADER, true, LIST(config_feed, headers, header_count), 0, 0, NULL, NULL},
	{GROUP_FEED, "cookie-file", TYPE_SECRET, false, IN_FEED(cookie_file), 0, 0, NULL, NULL},
	{GROUP_FEED, "proxy", TYPE_PROXY, false, IN_FEED(proxy), 0, 0, NULL, NULL},
	{GROUP_FEED, "user-agent", TYPE_TEXT, false, IN_FEED(user_agent), 0, 0, NULL, NULL},

	{GROUP_RULE, "action", TYPE_CHOICE, false, IN_RULE(action), 0, 0, "keep", action_words},
	{GROUP_RULE, "section", TYPE_TEXT, false, IN_RULE(section), 0, 0, NULL, NULL},
	{GROUP_RULE, "in-section", TYPE_TEXT, false, IN_RULE(in_section), 0, 0, NULL, NULL},
	{GROUP_RULE, "feed", TYPE_TEXT, false, IN_RULE(feed), 0, 0, NULL, NULL},
	{GROUP_RULE, "category", TYPE_TEXT, false, IN_RULE(category), 0, 0, NULL, NULL},
	{GROUP_RULE, "author", TYPE_TEXT, false, IN_RULE(author), 0, 0, NULL, NULL},
	{GROUP_RULE, "title", TYPE_TEXT, false, IN_RULE(title), 0, 0, NULL, NULL},
	{GROUP_RULE, "text", TYPE_MATCH, false, IN_RULE(text), 0, 0, NULL, NULL},
	{GROUP_RULE, "language", TYPE_LANGUAGE, false, IN_RULE(language), 0, 0, NULL, NULL},
};
/* clang-format on */

const size_t config_schema_count = ARRAY_LEN(config_schema);

const struct config_option *config_option_find(enum config_group group, const char *name)
{
	size_t i;

	for (i = 0; i < config_schema_count; i++) {
		if (config_schema[i].group == group && str_eq(config_schema[i].name, name))
			return &config_schema[i];
	}
	return NULL;
}

enum config_group config_group_find(const char *name)
{
	size_t i;

	for (i = GROUP_TOP + 1; i < GROUP_COUNT; i++) {
		if (str_eq(config_groups[i].name, name))
			break;
	}
	return (enum config_group)i;
}

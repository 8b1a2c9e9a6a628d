#include "config.h"

#include "diurnad/transfer.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static void add_line(struct transfer *transfer, const char *name, const char *value)
{
	char *line = xasprintf("%s: %s", name, value);
	struct curl_slist *list = curl_slist_append(transfer->lines, line);

	free(line);
	if (list)
		transfer->lines = list;
}

/* The first line of a file with a secret; NULL: there is none. */
static char *read_secret(const char *path)
{
	char *line = file_first_line(path);

	if (!line)
		log_warning("credentials %s: cannot be read, the request goes without",
			log_visible(path));
	return line;
}

/* A variant is known again, not told: 32 bits of a hash say nothing of what went into it. */
static void mix(struct transfer *transfer, const char *text)
{
	uint8_t hash[32];
	struct buf buf = {0};

	buf_printf(&buf, "%u:%s", (unsigned)transfer->response.variant, text);
	if (EVP_Digest(buf_text(&buf), buf.len, hash, NULL, EVP_sha256(), NULL) == 1)
		memcpy(&transfer->response.variant, hash, sizeof(transfer->response.variant));
	transfer->response.variant |= 1;
	OPENSSL_cleanse(buf.data, buf.len);
	buf_finish(&buf);
}

static void basic(struct transfer *transfer, const char *user, const char *password)
{
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, user);
	curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD, password ? password : "");
	transfer->is_special = true;
	mix(transfer, user);
	mix(transfer, password ? password : "");
}

static void use_settings(struct transfer *transfer, const struct config_feed *settings)
{
	char *secret = settings->password_file ? read_secret(settings->password_file) : NULL;
	struct curl_slist *list;
	char *value;
	size_t i;

	if (settings->user) {
		basic(transfer, settings->user, secret);
	} else if (secret) {
		value = xasprintf("Bearer %s", secret);
		add_line(transfer, "Authorization", value);
		free(value);
	}
	free(secret);
	if (settings->cookie_file && (secret = read_secret(settings->cookie_file))) {
		add_line(transfer, "Cookie", secret);
		free(secret);
	}
	for (i = 0; i < settings->header_count; i++) {
		list = curl_slist_append(transfer->lines, settings->headers[i]);
		if (list)
			transfer->lines = list;
	}
	for (list = transfer->lines; list; list = list->next)
		mix(transfer, list->data);
}

/* Secrets go to the origin they were configured for, wherever redirects lead. */
static void add_credentials(struct transfer *transfer)
{
	const struct config_feed *settings = transfer->settings;
	struct weburl configured;

	if (transfer->first.user &&
		weburl_same_origin(transfer->first.origin, transfer->target.origin))
		basic(transfer, transfer->first.user, transfer->first.password);
	if (!settings || transfer->kind == FETCH_ROBOTS || !weburl_init(&configured, settings->url))
		return;
	if (weburl_same_origin(configured.origin, transfer->target.origin))
		use_settings(transfer, settings);
	weburl_finish(&configured);
}

static bool has_format(const struct config *config, const char *name)
{
	size_t i = 0;

	while (i < config->format_count && !str_eq(config->formats[i], name))
		i++;
	return i < config->format_count;
}

/* Who prints books asks for what they may hold: servers that keep a picture in several types
 * choose. */
static const char *accept_of(enum fetch_kind kind, const struct config *config)
{
	switch (kind) {
	case FETCH_ARCHIVE:
	case FETCH_FEED:
		return "Accept: application/atom+xml, application/rss+xml, application/feed+json, "
		       "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1";
	case FETCH_IMAGE:
		return has_format(config, "epub")
			       ? "Accept: image/jpeg, image/png, image/gif, image/*;q=0.5, */*;q=0.1"
			       : "Accept: image/avif, image/webp, image/*, */*;q=0.1";
	case FETCH_PAGE: return "Accept: text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
	case FETCH_HUB:
	case FETCH_ROBOTS: break;
	}
	return "Accept: text/plain, */*;q=0.1";
}

/* They belong to the URL that gave them, and to what was asked with: RFC 9111, 4.1. */
static bool may_be_conditional(const struct transfer *transfer)
{
	const char *from = transfer->validators_url;

	if (from ? !str_eq(from, transfer->target.url) : transfer->hop_count > 0)
		return false;
	return transfer->validators_variant == 0 ||
	       transfer->validators_variant == transfer->response.variant;
}

/* Our own lines before the configured ones: the list that libcurl reads. */
static struct curl_slist *link_lines(struct transfer *transfer)
{
	const char *values[] = {transfer->etag, transfer->last_modified};
	static const char *const names[] = {"If-None-Match", "If-Modified-Since"};
	bool is_asked = may_be_conditional(transfer);
	size_t i, count = 1;

	transfer->own[0].data =
		(char *)(uintptr_t)accept_of(transfer->kind, transfer->fetcher->config);
	transfer->is_conditional = false;
	for (i = 0; i < ARRAY_LEN(values); i++) {
		if (!is_asked || !values[i])
			continue;
		transfer->conditions[i] = xasprintf("%s: %s", names[i], values[i]);
		transfer->own[count++].data = transfer->conditions[i];
		transfer->is_conditional = true;
	}
	for (i = 0; i < count; i++)
		transfer->own[i].next = i + 1 < count ? &transfer->own[i + 1] : transfer->lines;
	return transfer->own;
}

/* What is new with this transfer. */
static void set_options(struct transfer *transfer)
{
	const struct config_feed *settings = transfer->settings;
	const char *proxy = transfer->fetcher->config->proxy;
	CURL *easy = transfer->easy;
	int64_t left = transfer->fetcher->config->transfer_timeout_s * 1000 -
		       (clock_monotonic_ms() - transfer->started_ms);

	curl_easy_setopt(easy, CURLOPT_URL, transfer->target.url);
	if (transfer->target.is_https)
		curl_easy_setopt(easy, CURLOPT_SHARE,
			fetcher_share(transfer->fetcher, transfer->target.host));
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	if (settings && settings->user_agent) {
		curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
		transfer->is_special = true;
		mix(transfer, settings->user_agent);
	}
	if (settings && settings->proxy) {
		proxy = settings->proxy;
		curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
		transfer->is_special = true;
	}
	transfer->has_proxy = !str_is_empty(proxy);
	if (transfer->form) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->form);
		transfer->is_special = true;
	}
}

void transfer_compose(struct transfer *transfer)
{
	set_options(transfer);
	add_credentials(transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, link_lines(transfer));
}

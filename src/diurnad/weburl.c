#include "diurnad/weburl.h"

#include "core/buf.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>

/* Percent-decoding; what would become NUL or a line break is left as it is. */
static char *decode(const char *s, size_t len)
{
	struct buf buf = {0};
	size_t i;

	for (i = 0; i < len; i++) {
		int high = s[i] == '%' && i + 2 < len ? str_hex_digit(s[i + 1]) : -1;
		int low = high >= 0 ? str_hex_digit(s[i + 2]) : -1;
		int byte = high * 16 + low;

		if (high >= 0 && low >= 0 && byte >= 0x20) {
			buf_putc(&buf, (char)byte);
			i += 2;
		} else {
			buf_putc(&buf, s[i]);
		}
	}
	return buf_take(&buf);
}

static void put_part(struct buf *to, const struct url_part *part)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < part->len; i++) {
		unsigned char c = (unsigned char)part->data[i];

		if (c > 0x20 && c < 0x7F) {
			buf_putc(to, (char)c);
			continue;
		}
		buf_putc(to, '%');
		buf_putc(to, digits[c >> 4]);
		buf_putc(to, digits[c & 15]);
	}
}

static void take_userinfo(struct weburl *weburl, const struct url_part *userinfo)
{
	const char *colon, *end;

	if (!userinfo->data || !userinfo->len)
		return;
	end = userinfo->data + userinfo->len;
	colon = memchr(userinfo->data, ':', userinfo->len);
	weburl->user = decode(userinfo->data, (size_t)((colon ? colon : end) - userinfo->data));
	weburl->password = colon ? decode(colon + 1, (size_t)(end - colon - 1)) : xstrdup("");
}

static char *take_host(const struct url_part *part)
{
	const char *host = part->data;
	size_t len = part->len;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']')
		return str_lower(xstrndup(host + 1, len - 2));
	return str_lower(decode(host, len));
}

/*
 * A host once decoded: what would end it or begin something else makes another host of it for the
 * next reader ("169.254.169.254%2f.example.org").
 */
static bool is_host(const char *host, bool is_ipv6)
{
	const char *p;

	for (p = host; *p; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7F || strchr("\"#%/<>?@[\\]^`{|}", *p) ||
			(*p == ':' && !is_ipv6))
			return false;
	}
	return p > host;
}

static bool is_port(const struct url *url, bool is_https, unsigned *port)
{
	uint64_t number = is_https ? 443 : 80;
	char digits[8] = "";

	if (url->port.len >= sizeof(digits))
		return false;
	if (url->port.len) {
		memcpy(digits, url->port.data, url->port.len);
		if (!str_to_u64(digits, 65535, &number) || !number)
			return false;
	}
	*port = (unsigned)number;
	return true;
}

bool weburl_init(struct weburl *weburl, const char *text)
{
	struct buf clean = {0}, buf = {0};
	unsigned port = 0;
	struct url url;
	size_t path;
	bool is_ipv6;

	memset(weburl, 0, sizeof(*weburl));
	if (!text || strlen(text) > LIMIT_URL_BYTES)
		return false;
	buf_puts(&clean, text);
	str_trim(clean.data);
	weburl->is_https = url_has_scheme(clean.data, "https");
	url_split(clean.data, strlen(clean.data), &url);
	if ((!weburl->is_https && !url_has_scheme(clean.data, "http")) || !url.host.len ||
		!is_port(&url, weburl->is_https, &port))
		goto bad;
	is_ipv6 = url.host.data[0] == '[';
	weburl->host = take_host(&url.host);
	if (!is_host(weburl->host, is_ipv6))
		goto bad;
	take_userinfo(weburl, &url.userinfo);
	buf_printf(&buf, "%s://%s%s%s", weburl->is_https ? "https" : "http", is_ipv6 ? "[" : "",
		weburl->host, is_ipv6 ? "]" : "");
	weburl->origin = xasprintf("%s:%u", buf_text(&buf), port);
	if (port != (weburl->is_https ? 443U : 80U))
		buf_printf(&buf, ":%u", port);
	weburl->authority = xstrdup(buf_text(&buf));
	path = buf.len;
	if (!url.path.len)
		buf_putc(&buf, '/');
	put_part(&buf, &url.path);
	if (url.query.data) {
		buf_putc(&buf, '?');
		put_part(&buf, &url.query);
	}
	if (buf.len > LIMIT_URL_BYTES) /* escapes made it longer */
		goto bad;
	weburl->url = buf_take(&buf);
	weburl->path_query = weburl->url + path;
	buf_finish(&clean);
	return true;
bad:
	weburl_finish(weburl);
	buf_finish(&buf);
	buf_finish(&clean);
	return false;
}

void weburl_finish(struct weburl *weburl)
{
	if (!weburl)
		return;
	free(weburl->url);
	free(weburl->host);
	free(weburl->origin);
	free(weburl->authority);
	free(weburl->user);
	free(weburl->password);
	memset(weburl, 0, sizeof(*weburl));
}

bool weburl_same_origin(const char *from, const char *to)
{
	size_t len = strlen(from), host;

	if (str_eq(from, to))
		return true;
	/* http://HOST:80 has moved to https://HOST:443: the same people, better guarded. */
	if (!str_starts(from, "http://") || !str_starts(to, "https://") || !str_ends(from, ":80"))
		return false;
	host = len - strlen("http://") - strlen(":80");
	return strlen(to) == strlen("https://") + host + strlen(":443") && str_ends(to, ":443") &&
	       memcmp(from + strlen("http://"), to + strlen("https://"), host) == 0;
}

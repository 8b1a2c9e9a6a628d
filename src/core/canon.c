#include "core/buf.h"
#include "core/identity.h"
#include "core/idn.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"

#include <arpa/inet.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

/*
 * The tables here are maintained by hand. They were begun from the documentation of the systems
 * that add such parameters (Google Analytics, Matomo, Adobe, Piano, HubSpot, Mailchimp, Meta,
 * Microsoft, Yandex, X, TikTok) and from what feeds were seen to carry; a new one comes with a row
 * of the test.
 *
 * Parameters that say how a reader came to a page, not which page it is. A '*' at the end stands
 * for anything. Words that some sites use to choose the page (id, p, page, ref, source) are not
 * here: a missed duplicate costs a line, a wrong merge an article.
 */
static const char *const tracking[] = {"pk_*", "at_*", "stm_*", "ga_*", "mc_*", "oly_*", "vero_*",
	"trk_*", "wt_*", "wt.*", "ns_*", "sc_*", "int_*", "asc_*", "igsh", "epik", "rdid", "_ga",
	"_gl", "xtor", "ncid", "icid", "cmpid", "ocid", "smid", "smtyp", "cmp", "cid_source", "ito",
	"s_cid", "ss_source", "ss_campaign_id", "mbid", "wkey", "spm", "trk", "ref_src", "ref_url",
	"__twitter_impression", "guccounter", "guce_referrer", "guce_referrer_sig", "soc_src",
	"soc_trk", "taid", "traffic_source", "feedtype", "feedname", "rss_id", "fb_action_ids",
	"fb_action_types", "fb_source", "fb_ref", "action_object_map", "action_type_map",
	"action_ref_map", "ftag", "campaign_id", "emci", "emdi", "ceid", "linkid", "sharetype",
	"partner_id", "amp", "amp_js_v", "usqp", "__s", "rb_clickid", "wickedid", "dm_i",
	"ml_subscriber", "ml_subscriber_hash", "algo_id", "algo_expid",
	/* sessions */
	"phpsessid", "jsessionid", "aspsessionid*", "cfid", "cftoken", "sessionid", "session_id"};

/* Those of them that nobody gives another meaning: an address without them leads to the same page.
 */
static const char *const campaign[] = {"utm_*", "hsa_*", "mtm_*", "matomo_*", "piwik_*", "__hs*",
	"_hs*", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid",
	"twclid", "ttclid", "li_fat_id", "igshid", "srsltid", "ysclid", "irclickid", "mkt_tok"};

/* Parameters that are tracking only with these values. */
static const struct {
	const char *name;
	const char *value;
} tracking_values[] = {
	{"ref", "rss"},
	{"ref", "feed"},
	{"ref", "twitter"},
	{"ref", "facebook"},
	{"source", "rss"},
	{"src", "rss"},
	{"partner", "rss"},
	{"from", "rss"},
	{"from", "feed"},
	{"rss", "1"},
	{"rss", "true"},
	{"rss", ""},
	{"feed", "rss"},
	{"output", "amp"},
	{"outputtype", "amp"},
	{"view", "amp"},
	{"mode", "amp"},
	{"mobile", "1"},
	{"medium", "rss"},
	{"campaign", "rss"},
	{"cmp", "rss"},
	{"via", "rss"},
	{"cid", "rss"},
};

/* The part compared with a name, without case. */
static bool part_is(struct url_part part, const char *name)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '*')
		return part.len >= len - 1 && strncasecmp(part.data, name, len - 1) == 0;
	return part.len == len && strncasecmp(part.data, name, len) == 0;
}

static bool is_campaign(struct url_part name)
{
	for (size_t i = 0; i < ARRAY_LEN(campaign); i++)
		if (part_is(name, campaign[i]))
			return true;
	return false;
}

static bool is_tracking(struct url_part name, struct url_part value)
{
	if (is_campaign(name))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(tracking); i++)
		if (part_is(name, tracking[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(tracking_values); i++)
		if (part_is(name, tracking_values[i].name) &&
			part_is(value, tracking_values[i].value))
			return true;
	return false;
}

static bool is_unreserved(unsigned char c)
{
	return str_is_alpha((char)c) || str_is_digit((char)c) || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

/* Characters that stand for themselves in a path or query. Source: RFC 3986, 3.3 and 3.4. */
static bool is_literal(unsigned char c)
{
	return is_unreserved(c) || (c && strchr("!$&'()*+,;=:@/?", c));
}

static bool hex_pair(const char *s, size_t len, unsigned *byte)
{
	int high = len >= 3 && s[0] == '%' ? str_hex_digit(s[1]) : -1;
	int low = high >= 0 ? str_hex_digit(s[2]) : -1;

	if (low < 0)
		return false;
	*byte = (unsigned)(high * 16 + low);
	return true;
}

/* RFC 3986, 6.2.2: escapes in upper case, and none where none is needed. */
static void put_normal(struct buf *to, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned byte = (unsigned char)s[i];
		bool is_escape = hex_pair(s + i, len - i, &byte);

		if (is_escape ? is_unreserved((unsigned char)byte)
			      : is_literal((unsigned char)byte))
			buf_putc(to, (char)byte);
		else
			buf_printf(to, "%%%02X", byte);
		if (is_escape)
			i += 2;
	}
}

struct parameter {
	struct url_part whole;
	struct url_part name;
	size_t index; /* where it stood: order of the same name matters */
};

static int parameter_compare(const void *a, const void *b)
{
	const struct parameter *x = a, *y = b;
	size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = memcmp(x->name.data, y->name.data, len);

	if (order)
		return order;
	if (x->name.len != y->name.len)
		return x->name.len < y->name.len ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* The parameters that matter, by name: the order of names is no difference, that of values is. */
static void put_query(struct buf *to, struct url_part query)
{
	struct parameter *list = NULL;
	size_t count = 0, space = 0;
	const char *at = query.data, *end = at + query.len;

	while (at < end) {
		const char *amp = memchr(at, '&', (size_t)(end - at));
		size_t len = (size_t)((amp ? amp : end) - at);
		const char *equals = memchr(at, '=', len);
		size_t name_len = equals ? (size_t)(equals - at) : len;
		struct url_part name = {at, name_len};
		struct url_part value = {
			at + name_len + (equals != NULL), len - name_len - (equals != NULL)};

		if (len && !is_tracking(name, value)) {
			ARRAY_GROW(list, count, space);
			list[count] = (struct parameter){{at, len}, name, count};
			count++;
		}
		at += len + 1;
	}
	if (count)
		qsort(list, count, sizeof(*list), parameter_compare);
	for (size_t i = 0; i < count; i++) {
		buf_putc(to, i ? '&' : '?');
		buf_put(to, list[i].whole.data, list[i].whole.len);
	}
	free(list);
}

/* "/a;jsessionid=12" and ASP.NET's "/(S(abc))/a" name the visit, not the page. */
static void put_without_session(struct buf *to, struct url_part path)
{
	for (size_t i = 0; i < path.len; i++) {
		const char *s = path.data + i;
		size_t left = path.len - i;
		const char *end;

		if (left >= 12 && strncasecmp(s, ";jsessionid=", 12) == 0)
			return;
		end = left > 4 && strncasecmp(s, "/(S(", 4) == 0 ? memmem(s, left, "))", 2) : NULL;
		end = end ? end + 2 : NULL;
		if (end && (end == path.data + path.len || *end == '/'))
			i += (size_t)(end - s) - 1;
		else
			buf_putc(to, *s);
	}
}

/* Names of the page that a folder shows anyway. */
static const char *const index_pages[] = {"/index.html", "/index.htm", "/index.php", "/index.shtml",
	"/index.xhtml", "/index.asp", "/index.aspx", "/index.jsp", "/default.asp", "/default.aspx",
	"/default.htm", "/default.html", "/home.html"};

/* How sites mark the fast form of a page. */
static const char *const amp_endings[] = {"/amp", "/amp.html", "/amphtml", "/amp-html"};
static const char *const amp_infixes[] = {".amp.html", ".amp.htm"};

static bool drop_ending(struct buf *path, size_t start, const char *ending)
{
	size_t len = strlen(ending);

	if (path->len - start < len || strcasecmp(path->data + path->len - len, ending) != 0)
		return false;
	buf_truncate(path, path->len - len);
	return true;
}

/* One thing less that says nothing about which page it is. */
static bool shorten_path(struct buf *path, size_t start)
{
	if (path->len > start && path->data[path->len - 1] == '/') {
		buf_truncate(path, path->len - 1);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(index_pages); i++)
		if (drop_ending(path, start, index_pages[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(amp_endings); i++)
		if (drop_ending(path, start, amp_endings[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(amp_infixes); i++)
		if (drop_ending(path, start, amp_infixes[i])) {
			buf_puts(path, amp_infixes[i] + 4);
			return true;
		}
	if (strncasecmp(path->data + start, "/amp/", 5) == 0) {
		memmove(path->data + start, path->data + start + 4, path->len - start - 4);
		buf_truncate(path, path->len - 4);
		return true;
	}
	return false;
}

static void put_path(struct buf *to, struct url_part path)
{
	size_t start = to->len;

	buf_put(to, path.data, path.len);
	while (to->len > start && shorten_path(to, start))
		continue;
	if (to->len == start)
		buf_putc(to, '/');
}

static void unescape(struct url_part part, struct buf *to)
{
	for (size_t i = 0; i < part.len; i++) {
		unsigned byte = (unsigned char)part.data[i];

		if (hex_pair(part.data + i, part.len - i, &byte))
			i += 2;
		buf_putc(to, (char)byte);
	}
}

/* Nothing that ends a host or commands a terminal; brackets and colons only of an IPv6 address. */
static bool is_host(const char *text, size_t len)
{
	if (len == 0 || strlen(text) != len || strpbrk(text, " \"#%/<>?@\\^`{|}"))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
			return false;
	if (!strpbrk(text, "[]"))
		return !strchr(text, ':');
	return text[0] == '[' && text[len - 1] == ']' &&
	       strspn(text + 1, "0123456789abcdefABCDEF:.") == len - 2;
}

/* The host in lower case, internationalised names in their ASCII form. False: no host. */
static bool put_host(struct buf *to, struct url_part host)
{
	struct buf raw = {0};
	char *lower = NULL;
	bool is_good = false;

	unescape(host, &raw);
	while (raw.len && raw.data[raw.len - 1] == '.')
		buf_truncate(&raw, raw.len - 1);
	if (!is_host(buf_text(&raw), raw.len))
		goto out;
	str_lower(raw.data);
	for (size_t i = 0; i < raw.len; i++)
		if ((signed char)raw.data[i] < 0) {
			if (psl_str_to_utf8lower(raw.data, "UTF-8", NULL, &lower) != PSL_SUCCESS)
				goto out;
			/* what the letters are folded to may be a space */
			is_good = is_host(lower, strlen(lower)) && idn_to_ascii(lower, to);
			goto out;
		}
	buf_put(to, raw.data, raw.len);
	is_good = true;
out:
	psl_free_string(lower);
	buf_finish(&raw);
	return is_good;
}

/* The path in its normal form, without what names a visit and without "." and "..". */
static void normalise_path(struct buf *to, struct url_part path)
{
	struct buf normal = {0}, whole = {0};
	static const char origin[] = "https://h";

	put_normal(&normal, path.data, path.len);
	put_without_session(to, (struct url_part){buf_text(&normal), normal.len});
	if (to->len >= 2 && to->data[1] != '/' && memmem(to->data, to->len, "/.", 2)) {
		url_resolve(origin, buf_text(to), &whole);
		buf_clear(to);
		buf_puts(to, buf_text(&whole) + strlen(origin));
	}
	buf_finish(&normal);
	buf_finish(&whole);
}

/* Labels of a host that serves the same pages: in front, or "en.m.wikipedia.org". */
static const char *const twin_labels[] = {"www.", "m.", "mobile.", "amp.", "www2.", "wap."};

/* A name is left that can be registered, or a part of one. */
static bool may_go(const char *rest)
{
	const psl_ctx_t *psl = psl_builtin();

	return strchr(rest, '.') && (!psl || psl_registrable_domain(psl, rest));
}

static void drop_twin_labels(struct buf *to, size_t start)
{
	for (size_t i = 0; i < ARRAY_LEN(twin_labels);) {
		size_t len = strlen(twin_labels[i]);
		char *host = to->data + start, *second = strchr(host, '.');
		char *found = strncmp(host, twin_labels[i], len) == 0 ? host : NULL;

		if (!found && second && strncmp(second + 1, "m.", 2) == 0 && may_go(second + 1)) {
			found = second + 1;
			len = 2;
		}
		if (found && may_go(found + len)) {
			memmove(found, found + len, to->len - (size_t)(found - to->data) - len);
			buf_truncate(to, to->len - len);
			i = 0;
		} else {
			i++;
		}
	}
}

/* Pages that only lead elsewhere and say where. A NULL parameter: the rest of the path does. */
static const struct {
	const char *host; /* without www; "." in front: and all below */
	const char *path; /* its beginning */
	const char *parameter;
} redirectors[] = {
	{"google.com", "/url", "url"},
	{"google.com", "/url", "q"},
	{"google.com", "/amp/s/", NULL},
	{"google.com", "/amp/", NULL},
	{".cdn.ampproject.org", "/c/s/", NULL},
	{".cdn.ampproject.org", "/v/s/", NULL},
	{".cdn.ampproject.org", "/c/", NULL},
	{"l.facebook.com", "/l.php", "u"},
	{"lm.facebook.com", "/l.php", "u"},
	{"l.instagram.com", "/", "u"},
	{"out.reddit.com", "/", "url"},
	{"youtube.com", "/redirect", "q"},
	{"t.umblr.com", "/redirect", "z"},
	{"slack-redir.net", "/link", "url"},
	{"steamcommunity.com", "/linkfilter/", "url"},
	{"vk.com", "/away.php", "to"},
	{"news.url.google.com", "/url", "url"},
	{"bing.com", "/news/apiclick.aspx", "url"},
};

static bool host_matches(const char *host, const char *row)
{
	size_t len = strlen(host), row_len = strlen(row);

	if (row[0] == '.')
		return len > row_len && strcmp(host + len - row_len, row) == 0;
	return strcmp(host, row) == 0;
}

static bool put_parameter(struct buf *to, struct url_part query, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < query.len; i++) {
		const char *s = query.data + i;
		const char *amp = memchr(s, '&', query.len - i);
		size_t size = amp ? (size_t)(amp - s) : query.len - i;

		if (size > len && strncmp(s, name, len) == 0 && s[len] == '=') {
			unescape((struct url_part){s + len + 1, size - len - 1}, to);
			return true;
		}
		i += size;
	}
	return false;
}

/* Where a redirector leads. host: in its normal form. False: it is none, or does not say. */
static bool put_target(struct buf *to, const char *host, const struct url *parts)
{
	for (size_t i = 0; i < ARRAY_LEN(redirectors); i++) {
		const char *path = redirectors[i].path;
		size_t len = strlen(path);

		if (!host_matches(host, redirectors[i].host) || parts->path.len < len ||
			strncmp(parts->path.data, path, len) != 0)
			continue;
		buf_clear(to);
		if (!redirectors[i].parameter) {
			buf_puts(to, "https://");
			buf_put(to, parts->path.data + len, parts->path.len - len);
			if (parts->query.len) {
				buf_putc(to, '?');
				buf_put(to, parts->query.data, parts->query.len);
			}
			return true;
		}
		if (put_parameter(to, parts->query, redirectors[i].parameter) &&
			url_is_web(buf_text(to)))
			return true;
	}
	return false;
}

bool url_canonical(const char *url, struct buf *to)
{
	struct buf clean = {0}, path = {0}, query = {0}, target = {0};
	size_t start = to->len, host;
	struct url parts;
	bool is_good = false;

	if (!url || strlen(url) > LIMIT_URL_BYTES)
		return false;
	url_resolve(NULL, url, &clean);
	if (!url_is_web(buf_text(&clean)))
		goto out;
	url_split(buf_text(&clean), clean.len, &parts);
	/* before anything is compared: an escape is no difference */
	normalise_path(&path, parts.path);
	put_normal(&query, parts.query.data, parts.query.len);
	parts.path = (struct url_part){buf_text(&path), path.len};
	parts.query = (struct url_part){buf_text(&query), query.len};
	/* the same page by http and https: compared as one, fetched as the feed says */
	buf_puts(to, "https://");
	host = to->len;
	if (!put_host(to, parts.host))
		goto out;
	drop_twin_labels(to, host);
	/* each target is shorter than what leads to it, so this ends */
	if (put_target(&target, to->data + host, &parts)) {
		size_t before = to->len;

		if (url_canonical(buf_text(&target), to)) {
			memmove(to->data + start, to->data + before, to->len - before);
			buf_truncate(to, start + to->len - before);
			is_good = true;
			goto out;
		}
	}
	if (parts.port.len && !part_is(parts.port, "80") && !part_is(parts.port, "443")) {
		buf_putc(to, ':');
		buf_put(to, parts.port.data, parts.port.len);
	}
	put_path(to, parts.path);
	put_query(to, parts.query);
	is_good = to->len - start <= LIMIT_URL_BYTES;
out:
	if (!is_good)
		buf_truncate(to, start);
	buf_finish(&clean);
	buf_finish(&path);
	buf_finish(&query);
	buf_finish(&target);
	return is_good;
}

bool url_without_campaign(const char *url, struct buf *to)
{
	const char *at = url + strcspn(url, "?#"), *end = at + strcspn(at, "#");
	size_t start = to->len;
	char before = '?';
	bool is_shorter = false;

	buf_put(to, url, (size_t)(at - url));
	while (at < end) {
		size_t len = 1 + strcspn(at + 1, "&#"); /* with its '?' or '&' */
		struct url_part name = {at + 1, strcspn(at + 1, "=&#")};

		if (is_campaign(name)) {
			is_shorter = true;
		} else {
			buf_putc(to, before);
			buf_put(to, at + 1, len - 1);
			before = '&';
		}
		at += len;
	}
	buf_puts(to, end);
	if (!is_shorter)
		buf_truncate(to, start);
	return is_shorter;
}

static bool host_is_address(const char *host)
{
	unsigned char address[16];

	return host[0] == '[' || inet_pton(AF_INET, host, address) == 1;
}

bool url_site(const char *url, struct buf *to)
{
	struct buf host = {0};
	struct url parts;
	bool is_good = false;

	if (!url)
		return false;
	url_split(url, strlen(url), &parts);
	if (!parts.host.data || !put_host(&host, parts.host))
		goto out;
	is_good = true;
	if (host_is_address(host.data)) {
		buf_puts(to, host.data);
	} else {
		const psl_ctx_t *psl = psl_builtin();
		const char *domain = psl ? psl_registrable_domain(psl, host.data) : NULL;

		buf_puts(to, domain ? domain : host.data);
	}
out:
	buf_finish(&host);
	return is_good;
}

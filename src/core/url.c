#include "core/url.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

static struct url_part part(const char *from, const char *to)
{
	struct url_part p = {from, (size_t)(to - from)};

	return p;
}

static bool is_scheme_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '+' || c == '-' || c == '.';
}

/* Length of a scheme at text, without the colon; 0: there is none. */
static size_t scheme_len(const char *text, const char *end)
{
	const char *p = text;

	if (p == end || !str_is_alpha(*p))
		return 0;
	while (p < end && is_scheme_char(*p))
		p++;
	return p < end && *p == ':' ? (size_t)(p - text) : 0;
}

/* userinfo@host:port. The last @ counts, as in browsers: the others are part of the name. */
static void split_authority(struct url *url)
{
	const char *start = url->authority.data, *end = start + url->authority.len;
	const char *at = memrchr(start, '@', url->authority.len);
	const char *host = at ? at + 1 : start;
	const char *colon, *from = host;

	if (at)
		url->userinfo = part(start, at);
	if (host < end && *host == '[') {
		from = memchr(host, ']', (size_t)(end - host));
		if (!from)
			from = host;
	}
	colon = memchr(from, ':', (size_t)(end - from));
	url->host = part(host, colon ? colon : end);
	if (colon)
		url->port = part(colon + 1, end);
}

/* The end of the path: where the query or the fragment begins. */
static const char *find_query(const char *p, const char *end)
{
	while (p < end && *p != '?' && *p != '#')
		p++;
	return p;
}

/* The end of the authority. */
static const char *find_path(const char *p, const char *end)
{
	while (p < end && *p != '/' && *p != '?' && *p != '#')
		p++;
	return p;
}

void url_split(const char *text, size_t len, struct url *url)
{
	const char *p = text, *end = text + len, *q;
	size_t n = scheme_len(p, end);

	memset(url, 0, sizeof(*url));
	if (n > 0) {
		url->scheme = part(p, p + n);
		p += n + 1;
	}
	if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
		p += 2;
		q = find_path(p, end);
		url->authority = part(p, q);
		split_authority(url);
		p = q;
	}
	q = find_query(p, end);
	url->path = part(p, q);
	p = q;
	if (p < end && *p == '?') {
		q = memchr(p, '#', (size_t)(end - p));
		q = q ? q : end;
		url->query = part(p + 1, q);
		p = q;
	}
	if (p < end && *p == '#')
		url->fragment = part(p + 1, end);
}

static bool is_clean(unsigned char c)
{
	return c > ' ' && c != 0x7F && c != '"' && c != '<' && c != '>';
}

/* Appends text with what may not stand in a URL percent-encoded. */
static void put_clean(struct buf *buf, const char *text, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *end = text + len;
	size_t n = 0;
	char *to;

	while (n < len && is_clean((unsigned char)text[n]))
		n++;
	buf_put(buf, text, n); /* nearly always all of it */
	if (n == len)
		return;
	text += n;
	to = buf_reserve(buf, (len - n) * 3 + 1);
	n = 0;

	for (; text < end; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		if (!is_clean(c)) {
			to[n++] = '%';
			to[n++] = hex[c >> 4];
			to[n++] = hex[c & 15];
		} else {
			to[n++] = (char)c;
		}
	}
	buf_added(buf, n);
}

static void put_part(struct buf *buf, struct url_part p)
{
	buf_put(buf, p.data, p.len);
}

/* RFC 3986, 5.2.4, in place over buf from start: segments are copied down, ".." drops the last. */
static void remove_dots(struct buf *buf, size_t start)
{
	char *base = buf->data + start, *end = buf->data + buf->len;
	char *in = base, *out = base;

	while (in < end) {
		char *slash = *in == '/' ? in : NULL;
		char *name = slash ? in + 1 : in;
		char *next = memchr(name, '/', (size_t)(end - name));
		size_t n = (size_t)((next ? next : end) - name);

		if (n == 1 && name[0] == '.') {
			if (!next && slash)
				*out++ = '/';
		} else if (n == 2 && name[0] == '.' && name[1] == '.') {
			while (out > base && *--out != '/')
				continue;
			if (!next && slash)
				*out++ = '/';
		} else {
			memmove(out, in, (size_t)(name + n - in));
			out += name + n - in;
		}
		in = name + n;
	}
	buf_truncate(buf, (size_t)(out - buf->data));
}

/* Appends base's path up to its last slash, then ref's (5.2.3). */
static void merge_paths(struct buf *buf, const struct url *base, const struct url *ref)
{
	const char *slash = memrchr(base->path.data, '/', base->path.len);

	if (base->authority.data && base->path.len == 0)
		buf_putc(buf, '/');
	else if (slash)
		put_part(buf, part(base->path.data, slash + 1));
	put_part(buf, ref->path);
}

static void put_resolved(struct buf *buf, const struct url *base, const struct url *ref)
{
	bool has_authority = ref->authority.data != NULL;
	bool takes_path = ref->path.len == 0 && !has_authority;
	struct url_part authority = has_authority ? ref->authority : base->authority;
	struct url_part query = ref->query;
	size_t start;

	put_part(buf, base->scheme);
	buf_putc(buf, ':');
	if (authority.data) {
		buf_puts(buf, "//");
		put_part(buf, authority);
	}
	start = buf->len;
	if (takes_path) {
		put_part(buf, base->path);
		if (!query.data)
			query = base->query;
	} else {
		if (has_authority || (ref->path.len > 0 && ref->path.data[0] == '/'))
			put_part(buf, ref->path);
		else
			merge_paths(buf, base, ref);
		remove_dots(buf, start);
	}
	if (query.data) {
		buf_putc(buf, '?');
		put_part(buf, query);
	}
	if (ref->fragment.data) {
		buf_putc(buf, '#');
		put_part(buf, ref->fragment);
	}
}

/* What browsers do not count as part of a URL at its ends. */
static void trim(const char **text, size_t *len)
{
	while (*len > 0 && (unsigned char)**text <= ' ') {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && (unsigned char)(*text)[*len - 1] <= ' ')
		(*len)--;
}

void url_resolve(const char *base, const char *ref, struct buf *buf)
{
	struct buf clean = {0}, clean_base = {0};
	struct url r, b;
	size_t len = strlen(ref), base_len;

	trim(&ref, &len);
	put_clean(&clean, ref, len);
	url_split(buf_text(&clean), clean.len, &r);
	if (!base || r.scheme.data) {
		buf_put(buf, buf_text(&clean), clean.len);
		goto out;
	}
	base_len = strlen(base);
	trim(&base, &base_len);
	put_clean(&clean_base, base, base_len);
	url_split(buf_text(&clean_base), clean_base.len, &b);
	if (!b.scheme.data)
		buf_put(buf, buf_text(&clean), clean.len);
	else
		put_resolved(buf, &b, &r);
out:
	buf_finish(&clean);
	buf_finish(&clean_base);
}

bool url_is_absolute(const char *text)
{
	return scheme_len(text, text + strlen(text)) > 0;
}

bool url_has_scheme(const char *text, const char *scheme)
{
	size_t len = strlen(scheme);

	return str_istarts(text, scheme) && text[len] == ':';
}

/* 3.2.2: brackets stand around an address of numbers, and nowhere else. */
static bool has_sound_brackets(const struct url_part *host)
{
	size_t i;

	if (!memchr(host->data, '[', host->len) && !memchr(host->data, ']', host->len))
		return true;
	if (host->len < 4 || host->data[0] != '[' || host->data[host->len - 1] != ']')
		return false;
	for (i = 1; i + 1 < host->len; i++) {
		if (str_hex_digit(host->data[i]) < 0 && !strchr(":.", host->data[i]))
			return false;
	}
	return true;
}

bool url_is_web(const char *text)
{
	struct url url;
	size_t i;

	if (!url_has_scheme(text, "http") && !url_has_scheme(text, "https"))
		return false;
	url_split(text, strlen(text), &url);
	if (url.host.len == 0)
		return false;
	for (i = 0; i < url.host.len; i++) {
		if ((unsigned char)url.host.data[i] <= ' ' ||
			strchr("<>\"\\^`{|}", url.host.data[i]))
			return false;
	}
	return has_sound_brackets(&url.host);
}

bool url_is_active(const char *text)
{
	static const char *const schemes[] = {"javascript", "vbscript", "livescript", "mocha",
		"data", "jar", "wyciwyg", "view-source", "about", "blob", "filesystem"};
	char scheme[16];
	size_t n = 0, i;

	for (; *text && *text != ':' && n < sizeof(scheme) - 1; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == 0x7F)
			continue;
		/* C1 controls, no-break space; an end is none of them */
		if (c == 0xC2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] <= 0xA0) {
			text++;
			continue;
		}
		scheme[n++] = str_lower_char((char)c);
	}
	scheme[n] = '\0';
	while (*text && (unsigned char)*text <= ' ')
		text++;
	if (*text != ':')
		return false;
	for (i = 0; i < ARRAY_LEN(schemes); i++) {
		if (str_eq(scheme, schemes[i]))
			return true;
	}
	return false;
}

bool url_form(const char *url, unsigned number, struct buf *form)
{
	enum { FORM_SCHEME = 1, FORM_WWW = 2, FORM_SLASH = 4, FORMS = 7 };
	unsigned other = number + 1; /* what is different */
	struct url parts;
	const char *host, *path;
	bool is_https, has_www, has_slash;

	if (other > FORMS || !url_is_web(url))
		return false;
	url_split(url, strlen(url), &parts);
	host = parts.authority.data;
	path = parts.path.data;
	is_https = url_has_scheme(url, "https");
	has_www = str_istarts(host, "www.");
	has_slash = parts.path.len > 0 && path[parts.path.len - 1] == '/';
	buf_printf(form, "http%s://%s", is_https != !!(other & FORM_SCHEME) ? "s" : "",
		other & FORM_WWW && !has_www ? "www." : "");
	host += other & FORM_WWW && has_www ? strlen("www.") : 0;
	buf_put(form, host, (size_t)(parts.authority.data + parts.authority.len - host));
	buf_put(form, path, parts.path.len - (other & FORM_SLASH && has_slash));
	buf_puts(form, other & FORM_SLASH && !has_slash ? "/" : "");
	buf_puts(form, path + parts.path.len); /* query and fragment */
	return true;
}

#include "core/idn.h"

#include "core/str.h"
#include "core/utf8.h"

#include <string.h>

/* RFC 3492, 5. */
enum {
	BASE = 36,
	T_MIN = 1,
	T_MAX = 26,
	SKEW = 38,
	DAMP = 700,
	INITIAL_BIAS = 72,
	INITIAL_N = 128,
	LABEL_BYTES = 63, /* RFC 1035, 2.3.4 */
};

static char digit(unsigned value)
{
	return (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

/* RFC 3492, 6.1. */
static unsigned adapt(unsigned delta, unsigned count, bool is_first)
{
	unsigned k = 0;

	delta = is_first ? delta / DAMP : delta / 2;
	delta += delta / count;
	for (; delta > ((BASE - T_MIN) * T_MAX) / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void put_delta(struct buf *to, unsigned delta, unsigned bias)
{
	for (unsigned k = BASE;; k += BASE) {
		unsigned t = k <= bias + T_MIN ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

		if (delta < t)
			break;
		buf_putc(to, digit(t + (delta - t) % (BASE - t)));
		delta = (delta - t) / (BASE - t);
	}
	buf_putc(to, digit(delta));
}

/* RFC 3492, 6.3. At most LABEL_BYTES code points, so that nothing overflows. */
static void put_label(struct buf *to, const unsigned *points, size_t count)
{
	unsigned n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
	size_t basic = 0, done;

	buf_puts(to, "xn--");
	for (size_t i = 0; i < count; i++)
		if (points[i] < INITIAL_N) {
			buf_putc(to, (char)points[i]);
			basic++;
		}
	if (basic)
		buf_putc(to, '-');
	for (done = basic; done < count; n++, delta++) {
		unsigned next = 0x110000;

		for (size_t i = 0; i < count; i++)
			if (points[i] >= n && points[i] < next)
				next = points[i];
		delta += (next - n) * ((unsigned)done + 1);
		n = next;
		for (size_t i = 0; i < count; i++) {
			if (points[i] < n)
				delta++;
			if (points[i] != n)
				continue;
			put_delta(to, delta, bias);
			bias = adapt(delta, (unsigned)done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

bool idn_to_ascii(const char *host, struct buf *to)
{
	size_t start = to->len;
	const char *end = host + strlen(host);

	while (host <= end) {
		const char *dot = memchr(host, '.', (size_t)(end - host));
		size_t len = (size_t)((dot ? dot : end) - host), count = 0, label = to->len;
		unsigned points[LABEL_BYTES];
		bool is_ascii = true;

		for (size_t i = 0, size; i < len; i += size) {
			unsigned c = utf8_decode(host + i, len - i, &size);

			if (c == UTF8_BAD || count == LABEL_BYTES)
				goto bad;
			is_ascii = is_ascii && c < 0x80;
			points[count++] = c;
		}
		if (is_ascii)
			buf_put(to, host, len);
		else
			put_label(to, points, count);
		if (to->len - label > LABEL_BYTES)
			goto bad;
		if (dot)
			buf_putc(to, '.');
		host += len + 1;
	}
	return true;
bad:
	buf_truncate(to, start);
	return false;
}

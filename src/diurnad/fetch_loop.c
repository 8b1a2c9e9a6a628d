#include "diurnad/transfer.h"

#include "core/log.h"
#include "core/mem.h"

#include <stdlib.h>

/* Connections made before a pool is replaced. */
enum { POOL_CONNECTIONS = 2000 };

/* A socket that libcurl watches. */
struct watch {
	ev_io io;
	struct pool *pool;
};

static void act(struct pool *pool, curl_socket_t fd, int events)
{
	int running = 0;
	CURLMcode code = curl_multi_socket_action(pool->multi, fd, events, &running);

	if (code != CURLM_OK)
		log_err("network: libcurl: %s", curl_multi_strerror(code));
	fetcher_on_ended(pool);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct watch *watch = (struct watch *)io;

	(void)loop;
	act(watch->pool, io->fd,
		(events & EV_READ ? CURL_CSELECT_IN : 0) |
			(events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	fetcher_tell(timer->data);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
	struct pool *pool = context;
	struct ev_loop *loop = pool->fetcher->loop;
	struct watch *watch = socket_context;
	int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			ev_io_stop(loop, &watch->io);
		free(watch);
		curl_multi_assign(pool->multi, fd, NULL);
		return 0;
	}
	if (!watch) {
		watch = xcalloc(1, sizeof(*watch));
		watch->pool = pool;
		ev_init(&watch->io, on_io);
		curl_multi_assign(pool->multi, fd, watch);
	} else if (ev_is_active(&watch->io)) {
		if (watch->io.fd == fd && (watch->io.events & (EV_READ | EV_WRITE)) == events)
			return 0;
		ev_io_stop(loop, &watch->io);
	}
	ev_io_set(&watch->io, fd, events);
	ev_io_start(loop, &watch->io);
	return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *context)
{
	struct pool *pool = context;
	struct ev_loop *loop = pool->fetcher->loop;

	(void)multi;
	ev_timer_stop(loop, &pool->timer);
	if (timeout_ms < 0)
		return 0;
	/* After long work the loop's idea of now is old, and the timer would ring too early. */
	if (timeout_ms > 0)
		ev_now_update(loop);
	ev_timer_set(&pool->timer, (double)timeout_ms / 1000, 0.);
	ev_timer_start(loop, &pool->timer);
	return 0;
}

/* As many idle connections may wait for their next request as there are busy ones. */
static void set_idle(struct pool *pool)
{
	long most = pool->fetcher->config->max_connections;

	curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, most < 16 ? 32L : 2 * most);
}

static void pool_new(struct fetcher *fetcher)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));

	pool->fetcher = fetcher;
	ev_init(&pool->timer, on_timer);
	pool->timer.data = pool;
	pool->multi = curl_multi_init();
	if (!pool->multi)
		abort();
	curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
	curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
	set_idle(pool);
	pool->next = fetcher->pools;
	fetcher->pools = pool;
}

static void pool_free(struct pool *pool)
{
	struct ev_loop *loop = pool->fetcher->loop;

	curl_multi_cleanup(pool->multi);
	/* Connections that were closed just now may have set it. */
	ev_timer_stop(loop, &pool->timer);
	free(pool);
}

struct pool *fetcher_pool(struct fetcher *fetcher)
{
	size_t most = POOL_CONNECTIONS, busy = (size_t)fetcher->config->max_connections;

	if (most < 8 * busy)
		most = 8 * busy;
	if (fetcher->pools->made >= most)
		pool_new(fetcher);
	return fetcher->pools;
}

void fetcher_drop_pools(struct fetcher *fetcher)
{
	struct pool **at = &fetcher->pools->next, *pool;

	while ((pool = *at)) {
		if (pool->running) {
			at = &pool->next;
			continue;
		}
		*at = pool->next;
		pool_free(pool);
	}
}

CURLSH *fetcher_share(struct fetcher *fetcher, const char *host)
{
	unsigned hash = 0;
	CURLSH **share;

	for (; *host; host++)
		hash = hash * 31 + (unsigned char)*host;
	share = &fetcher->shares[(hash ^ hash >> 16) % TLS_SHARES];
	if (!*share) {
		*share = curl_share_init();
		if (!*share)
			abort();
		curl_share_setopt(*share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	}
	return *share;
}

struct fetcher *fetcher_new(struct ev_loop *loop, const struct config *config)
{
	static bool is_ready;
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));

	if (!is_ready)
		curl_global_init(CURL_GLOBAL_DEFAULT);
	is_ready = true;
	fetcher->loop = loop;
	fetcher->config = config;
	fetcher->guard = guard_new(config);
	fetcher->user_agent = xstrdup(fetch_user_agent(config));
	fetcher->ended_tail = &fetcher->ended;
	ev_timer_init(&fetcher->tell, on_tell, 0., 0.);
	fetcher->tell.data = fetcher;
	pool_new(fetcher);
	return fetcher;
}

void fetcher_configure(struct fetcher *fetcher, const struct config *config)
{
	struct pool *pool;

	guard_free(fetcher->guard);
	fetcher->config = config;
	fetcher->guard = guard_new(config);
	free(fetcher->user_agent);
	fetcher->user_agent = xstrdup(fetch_user_agent(config));
	fetcher_drop_idle(fetcher);
	/* Connections that the old guard let through are not used again. */
	pool_new(fetcher);
	for (pool = fetcher->pools; pool; pool = pool->next)
		set_idle(pool);
	fetcher_drop_pools(fetcher);
}

void fetcher_free(struct fetcher *fetcher)
{
	struct pool *pool;
	size_t i;

	if (!fetcher)
		return;
	fetcher_drop_all(fetcher);
	ev_timer_stop(fetcher->loop, &fetcher->tell);
	while ((pool = fetcher->pools)) {
		fetcher->pools = pool->next;
		pool_free(pool);
	}
	for (i = 0; i < TLS_SHARES; i++)
		curl_share_cleanup(fetcher->shares[i]);
	guard_free(fetcher->guard);
	free(fetcher->user_agent);
	free(fetcher);
}

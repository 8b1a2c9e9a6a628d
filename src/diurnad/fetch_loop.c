#include "diurnad/transfer.h"

#include "core/log.h"
#include "core/mem.h"

#include <stdlib.h>

/* A socket that libcurl watches. */
struct watch {
	ev_io io;
	struct fetcher *fetcher;
};

static void act(struct fetcher *fetcher, curl_socket_t fd, int events)
{
	int running = 0;
	CURLMcode code = curl_multi_socket_action(fetcher->multi, fd, events, &running);

	if (code != CURLM_OK)
		log_err("network: libcurl: %s", curl_multi_strerror(code));
	fetcher_on_ended(fetcher);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct watch *watch = (struct watch *)io;

	(void)loop;
	act(watch->fetcher, io->fd,
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
	struct fetcher *fetcher = context;
	struct watch *watch = socket_context;
	int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			ev_io_stop(fetcher->loop, &watch->io);
		free(watch);
		curl_multi_assign(fetcher->multi, fd, NULL);
		return 0;
	}
	if (!watch) {
		watch = xcalloc(1, sizeof(*watch));
		watch->fetcher = fetcher;
		ev_init(&watch->io, on_io);
		curl_multi_assign(fetcher->multi, fd, watch);
	} else if (ev_is_active(&watch->io)) {
		if (watch->io.fd == fd && (watch->io.events & (EV_READ | EV_WRITE)) == events)
			return 0;
		ev_io_stop(fetcher->loop, &watch->io);
	}
	ev_io_set(&watch->io, fd, events);
	ev_io_start(fetcher->loop, &watch->io);
	return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *context)
{
	struct fetcher *fetcher = context;

	(void)multi;
	ev_timer_stop(fetcher->loop, &fetcher->timer);
	if (timeout_ms < 0)
		return 0;
	/* After long work the loop's idea of now is old, and the timer would ring too early. */
	if (timeout_ms > 0)
		ev_now_update(fetcher->loop);
	ev_timer_set(&fetcher->timer, (double)timeout_ms / 1000, 0.);
	ev_timer_start(fetcher->loop, &fetcher->timer);
	return 0;
}

struct fetcher *fetcher_new(struct ev_loop *loop, const struct config *config)
{
	static bool is_ready;
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));

	if (!is_ready)
		curl_global_init(CURL_GLOBAL_DEFAULT);
	is_ready = true;
	fetcher->loop = loop;
	fetcher->ended_tail = &fetcher->ended;
	ev_init(&fetcher->timer, on_timer);
	fetcher->timer.data = fetcher;
	ev_timer_init(&fetcher->tell, on_tell, 0., 0.);
	fetcher->tell.data = fetcher;
	fetcher->multi = curl_multi_init();
	fetcher->share = curl_share_init();
	if (!fetcher->multi || !fetcher->share)
		abort();
	curl_share_setopt(fetcher->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	fetcher_configure(fetcher, config);
	return fetcher;
}

void fetcher_configure(struct fetcher *fetcher, const struct config *config)
{
	long most = config->max_connections > 0 ? config->max_connections : 1;

	guard_free(fetcher->guard);
	fetcher->config = config;
	fetcher->guard = guard_new(config);
	/* As many idle ones may wait for their next request as there are busy ones. */
	curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, most < 16 ? 32L : 2 * most);
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	fetcher_drop_all(fetcher);
	ev_timer_stop(fetcher->loop, &fetcher->timer);
	ev_timer_stop(fetcher->loop, &fetcher->tell);
	curl_multi_cleanup(fetcher->multi);
	curl_share_cleanup(fetcher->share);
	/* Connections that were closed just now may have set it again. */
	ev_timer_stop(fetcher->loop, &fetcher->timer);
	guard_free(fetcher->guard);
	free(fetcher);
}

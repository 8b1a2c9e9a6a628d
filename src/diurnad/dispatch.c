#include "diurnad/dispatch_inner.h"

#include "core/clock.h"
#include "core/mem.h"
#include "core/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	POSTPONED_MAX = 8, /* a name with several addresses, some of them dead, has to end */
	TURN = 32,         /* requests that a host may send in a row over its warm connection */
};

void dispatch_end(
	struct waiting *waiting, enum poll_outcome outcome, int64_t retry_after_s, const char *why)
{
	struct dispatch *dispatch = waiting->dispatch;

	waiting->unsent = xcalloc(1, sizeof(*waiting->unsent));
	waiting->unsent->outcome = outcome;
	waiting->unsent->retry_after_s = retry_after_s;
	snprintf(waiting->unsent->error, sizeof(waiting->unsent->error), "%s", why);
	waiting->next = NULL;
	*dispatch->ended_tail = waiting;
	dispatch->ended_tail = &waiting->next;
	if (!ev_is_active(&dispatch->tell))
		ev_timer_start(dispatch->loop, &dispatch->tell);
}

static void set_wake(struct dispatch *dispatch)
{
	const struct heap_node *host = heap_first(&dispatch->later);
	const struct heap_node *address = heap_first(&dispatch->addresses.later);
	int64_t wait_ms;

	ev_timer_stop(dispatch->loop, &dispatch->wake);
	if (!host || (address && address->due_at < host->due_at))
		host = address;
	if (!host)
		return;
	wait_ms = host->due_at - clock_monotonic_ms();
	ev_now_update(dispatch->loop);
	ev_timer_set(&dispatch->wake, wait_ms > 0 ? (double)wait_ms / 1000 : 0., 0.);
	ev_timer_start(dispatch->loop, &dispatch->wake);
}

/* Feeds, and the hubs that tell of them: a person's wish, no crawling. */
static bool goes_first(enum fetch_kind kind)
{
	return kind == FETCH_FEED || kind == FETCH_HUB;
}

static bool wants_robots(const struct dispatch *dispatch, const struct waiting *waiting)
{
	const struct config_feed *settings = waiting->order ? waiting->order->settings : NULL;

	return !goes_first(waiting->kind) && dispatch->config->honours_robots &&
	       !(settings && settings->ignores_robots);
}

/* What is known of robots.txt without asking the network. */
static bool recall_robots(struct dispatch *dispatch, struct authority *authority)
{
	int64_t fetched_at = 0;
	int http_status = 0;
	char *body = NULL;

	if (authority_is_fresh(authority))
		return true;
	if (authority->was_recalled || !dispatch->hooks.recall_robots)
		return false;
	authority->was_recalled = true;
	if (!dispatch->hooks.recall_robots(
		    dispatch->hooks.context, authority->name, &http_status, &body, &fetched_at))
		return false;
	authority_learn(authority, http_status, body, body ? strlen(body) : 0, fetched_at);
	free(body);
	return authority_is_fresh(authority);
}

static void on_fetched(void *context, struct fetch_response *response);
static void on_robots(void *context, struct fetch_response *response);

/* Whoever connects to an address counts there, also where its name was not known to lead. */
static bool admit(void *context, const struct sockaddr *sockaddr)
{
	struct waiting *waiting = context;
	struct addresses *addresses = &waiting->dispatch->addresses;

	address_learn_sockaddr(addresses, waiting->host, sockaddr);
	if (!waiting->host->address || waiting->host->address == waiting->address)
		return true;
	if (!address_is_free(addresses, waiting->host) && waiting->postponed < POSTPONED_MAX) {
		waiting->postponed++;
		return false;
	}
	if (waiting->address)
		address_end(addresses, waiting->address);
	waiting->address = waiting->host->address;
	address_start(addresses, waiting->address);
	return true;
}

static bool make_request(struct waiting *waiting, struct fetch_request *request)
{
	const struct order *order = waiting->order;

	memset(request, 0, sizeof(*request));
	request->kind = waiting->kind;
	request->admit = admit;
	if (!order)
		return waiting->prepare(waiting->context, request);
	request->url = order->url;
	request->etag = order->etag;
	request->last_modified = order->last_modified;
	request->validators_url = order->validators_url;
	request->form = order->form;
	request->validators_variant = order->validators_variant;
	request->settings = order->settings;
	return true;
}

/* False: it was not wanted any more. */
static bool send_request(struct waiting *waiting, fetch_done *on_done)
{
	struct dispatch *dispatch = waiting->dispatch;
	struct host *host = waiting->host;
	struct fetch_request request;

	if (!make_request(waiting, &request)) {
		dispatch->waiting--;
		waiting_free(waiting);
		return false;
	}
	waiting->prev_sent = NULL;
	waiting->next_sent = dispatch->sent;
	if (waiting->next_sent)
		waiting->next_sent->prev_sent = waiting;
	dispatch->sent = waiting;
	host->running++;
	host->was_used = true;
	host->last_ms = clock_monotonic_ms();
	dispatch->running++;
	waiting->is_doubtful = host->unanswered > 0;
	dispatch->doubtful_running += waiting->is_doubtful;
	if (host->address) {
		waiting->address = host->address;
		address_start(&dispatch->addresses, host->address);
	}
	fetch_start(dispatch->fetcher, &request, on_done, waiting);
	return true;
}

/* robots.txt takes the place of the page that needs it. */
static void send_robots(struct dispatch *dispatch, const struct waiting *page)
{
	struct waiting *robots = xcalloc(1, sizeof(*robots));

	robots->dispatch = dispatch;
	robots->host = page->host;
	robots->authority = page->authority;
	robots->kind = FETCH_ROBOTS;
	robots->order = xcalloc(1, sizeof(*robots->order));
	robots->order->url = xasprintf("%s/robots.txt", page->authority->name);
	/* Of the feed's settings only the proxy matters; its owner waits, so they stay. */
	robots->order->settings = page->order->settings;
	page->host->is_reading_robots = true;
	send_request(robots, on_robots);
}

static void refuse_page(struct waiting *page)
{
	const struct authority *authority = page->authority;

	if (authority->is_unreachable)
		dispatch_end(page, POLL_REFUSED, ROBOTS_AGAIN_S, reason_text(REASON_ROBOTS_UNREAD));
	else
		dispatch_end(page, POLL_REFUSED, 0, reason_text(REASON_ROBOTS));
}

/* One step of a host whose turn it is: false when nothing was sent. */
static bool start_one(struct dispatch *dispatch, struct host *host)
{
	struct waiting *waiting = queue_take(&host->feeds);
	struct authority *authority;

	if (waiting)
		return send_request(waiting, on_fetched);
	waiting = host->pages.first;
	if (!waiting || host->is_reading_robots)
		return false;
	if (wants_robots(dispatch, waiting)) {
		authority = waiting->authority =
			host_authority(host, waiting->order->target.authority);
		if (!recall_robots(dispatch, authority)) {
			send_robots(dispatch, waiting);
			return true;
		}
		host->crawl_delay_ms = authority_crawl_delay_ms(authority);
		if (!authority_allows(authority, waiting->order->target.path_query)) {
			refuse_page(queue_take(&host->pages));
			return false;
		}
		/* A delay learned just now holds for this page too. */
		if (dispatch_free_at_ms(dispatch, host) > clock_monotonic_ms())
			return false;
	}
	send_request(queue_take(&host->pages), on_fetched);
	return true;
}

static void batch(struct dispatch *dispatch, bool begins)
{
	if (dispatch->hooks.on_batch)
		dispatch->hooks.on_batch(dispatch->hooks.context, begins);
}

static void pump(struct dispatch *dispatch)
{
	struct heap_node *node;
	struct host *host;
	int64_t now_ms = clock_monotonic_ms();

	while ((node = heap_first(&dispatch->later)) && node->due_at <= now_ms)
		dispatch_place(dispatch, host_of_node(node), false);
	batch(dispatch, true);
	while (dispatch->is_open && dispatch->running < (size_t)dispatch->config->max_connections) {
		host = address_next(&dispatch->addresses, now_ms);
		if (!host)
			host = dispatch_next(dispatch);
		if (!host)
			break;
		if (host->paused_until > 0 && host->paused_until > clock_now()) {
			dispatch_place(dispatch, host, false); /* since it got ready */
		} else if (address_is_free(&dispatch->addresses, host)) {
			start_one(dispatch, host);
			dispatch_place(dispatch, host, false);
		} else {
			address_wait(&dispatch->addresses, host);
		}
	}
	batch(dispatch, false);
	set_wake(dispatch);
}

/* Many things happen in one turn of the loop: they are acted on together. */
static void pump_soon(struct dispatch *dispatch)
{
	if (!ev_is_active(&dispatch->tell))
		ev_timer_start(dispatch->loop, &dispatch->tell);
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	pump(timer->data);
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dispatch *dispatch = timer->data;
	struct waiting *waiting;

	(void)loop;
	(void)events;
	while ((waiting = dispatch->ended)) {
		dispatch->ended = waiting->next;
		if (!dispatch->ended)
			dispatch->ended_tail = &dispatch->ended;
		dispatch->waiting--;
		waiting->on_done(waiting->context, waiting->unsent);
		waiting_free(waiting);
	}
	pump(dispatch);
}

static void leave(struct waiting *waiting)
{
	struct dispatch *dispatch = waiting->dispatch;
	struct host *host = waiting->host;
	bool has_gap = dispatch->config->feed_gap_ms > 0 || dispatch->config->page_gap_ms > 0;

	if (waiting->prev_sent)
		waiting->prev_sent->next_sent = waiting->next_sent;
	else
		dispatch->sent = waiting->next_sent;
	if (waiting->next_sent)
		waiting->next_sent->prev_sent = waiting->prev_sent;
	waiting->prev_sent = waiting->next_sent = NULL;
	host->running--;
	dispatch->running--;
	dispatch->doubtful_running -= waiting->is_doubtful;
	if (waiting->address)
		address_end(&dispatch->addresses, waiting->address);
	waiting->address = NULL;
	host->last_ms = clock_monotonic_ms();
	/* Without gaps a connection is best used while it is warm, for a while. */
	host->turn = host->turn < TURN ? host->turn + 1 : 0;
	dispatch_place(dispatch, host, !has_gap && host->turn);
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct waiting *waiting = context;
	struct dispatch *dispatch = waiting->dispatch;

	pump_soon(dispatch);
	if (response->is_postponed) {
		queue_put_first(
			goes_first(waiting->kind) ? &waiting->host->feeds : &waiting->host->pages,
			waiting);
		leave(waiting);
		return;
	}
	address_learn(&dispatch->addresses, waiting->host, response->address);
	dispatch_note_answer(dispatch, waiting->host, response);
	leave(waiting);
	dispatch->waiting--;
	waiting->on_done(waiting->context, response);
	waiting_free(waiting);
}

static void on_robots(void *context, struct fetch_response *response)
{
	struct waiting *robots = context;
	struct dispatch *dispatch = robots->dispatch;
	struct host *host = robots->host;
	int status = authority_status(response);

	pump_soon(dispatch);
	host->is_reading_robots = false;
	if (response->is_postponed) {
		leave(robots);
		waiting_free(robots);
		return;
	}
	address_learn(&dispatch->addresses, host, response->address);
	dispatch_note_answer(dispatch, host, response);
	authority_learn(robots->authority, status, buf_text(&response->body), response->body.len,
		clock_now());
	if (dispatch->hooks.on_robots)
		dispatch->hooks.on_robots(dispatch->hooks.context, robots->authority->name, status,
			status == 200 ? buf_text(&response->body) : NULL, clock_now());
	leave(robots);
	waiting_free(robots);
}

static void on_forget(void *context, struct host *host)
{
	struct dispatch *dispatch = context;

	address_forget(&dispatch->addresses, host);
}

struct dispatch *dispatch_new(struct ev_loop *loop, struct fetcher *fetcher,
	const struct config *config, const struct dispatch_hooks *hooks)
{
	struct dispatch *dispatch = xcalloc(1, sizeof(*dispatch));

	dispatch->loop = loop;
	dispatch->fetcher = fetcher;
	dispatch->config = config;
	if (hooks)
		dispatch->hooks = *hooks;
	dispatch->hosts.on_forget = on_forget;
	dispatch->hosts.context = dispatch;
	addresses_configure(&dispatch->addresses, config);
	dispatch->ready.tail = &dispatch->ready.first;
	dispatch->doubtful.tail = &dispatch->doubtful.first;
	dispatch->ended_tail = &dispatch->ended;
	dispatch->is_open = true;
	ev_timer_init(&dispatch->wake, on_wake, 0., 0.);
	dispatch->wake.data = dispatch;
	ev_timer_init(&dispatch->tell, on_tell, 0., 0.);
	dispatch->tell.data = dispatch;
	return dispatch;
}

static void empty_host(void *context, struct host *host)
{
	(void)context;
	host->is_at_address = false;
	queue_free(&host->feeds);
	queue_free(&host->pages);
}

void dispatch_free(struct dispatch *dispatch)
{
	struct queue ended;
	struct waiting *waiting;

	if (!dispatch)
		return;
	ev_timer_stop(dispatch->loop, &dispatch->wake);
	ev_timer_stop(dispatch->loop, &dispatch->tell);
	ended.first = dispatch->ended;
	ended.last = NULL;
	queue_free(&ended);
	/* Their transfers are dropped by fetcher_free, which calls nobody. */
	while ((waiting = dispatch->sent)) {
		dispatch->sent = waiting->next_sent;
		if (waiting->address)
			address_end(&dispatch->addresses, waiting->address);
		waiting_free(waiting);
	}
	hosts_each(&dispatch->hosts, empty_host, NULL);
	heap_finish(&dispatch->later);
	hosts_finish(&dispatch->hosts);
	addresses_finish(&dispatch->addresses);
	free(dispatch);
}

static void place_again(void *context, struct host *host)
{
	dispatch_place(context, host, false);
}

void dispatch_configure(struct dispatch *dispatch, const struct config *config)
{
	dispatch->config = config;
	addresses_configure(&dispatch->addresses, config);
	hosts_each(&dispatch->hosts, place_again, dispatch);
	pump(dispatch);
}

void dispatch_restore_host(struct dispatch *dispatch, const struct host_row *row)
{
	struct host *host = hosts_get(&dispatch->hosts, row->name);

	host->paused_until = row->paused_until;
	host->strikes = row->strikes;
}

static void set_back(void *context, struct host *host)
{
	const int64_t *back_s = context;

	if (host->paused_until)
		host->paused_until -= *back_s;
}

void dispatch_set_back(struct dispatch *dispatch, int64_t back_s)
{
	hosts_each(&dispatch->hosts, set_back, &back_s);
}

static void submit(struct waiting *waiting)
{
	struct dispatch *dispatch = waiting->dispatch;
	struct host *host = waiting->host;

	if (!host) {
		dispatch_end(waiting, POLL_REFUSED, 0, reason_text(REASON_NOT_WEB));
		return;
	}
	queue_put(goes_first(waiting->kind) ? &host->feeds : &host->pages, waiting);
	dispatch_place(dispatch, host, false);
	/* Many are handed in at once: the loop starts them all in one go. */
	if (dispatch->running < (size_t)dispatch->config->max_connections)
		pump_soon(dispatch);
}

void dispatch_submit(struct dispatch *dispatch, const struct fetch_request *request,
	fetch_done *on_done, void *context)
{
	struct waiting *waiting = waiting_new(dispatch, request->kind, on_done, context);

	waiting_order(waiting, request);
	if (weburl_init(&waiting->order->target, request->url))
		waiting->host = hosts_get(&dispatch->hosts, waiting->order->target.host);
	submit(waiting);
}

struct host *dispatch_use_host(struct dispatch *dispatch, const char *url)
{
	struct weburl weburl;
	struct host *host = NULL;

	if (weburl_init(&weburl, url)) {
		host = hosts_get(&dispatch->hosts, weburl.host);
		host->users++;
		weburl_finish(&weburl);
	}
	return host;
}

void dispatch_release_host(struct host *host)
{
	if (host)
		host->users--;
}

void dispatch_submit_feed(struct dispatch *dispatch, struct host *host, dispatch_prepare *prepare,
	fetch_done *on_done, void *context)
{
	struct waiting *waiting = waiting_new(dispatch, FETCH_FEED, on_done, context);

	waiting->prepare = prepare;
	waiting->host = host;
	submit(waiting);
}

size_t dispatch_waiting(const struct dispatch *dispatch)
{
	return dispatch->waiting;
}

size_t dispatch_running(const struct dispatch *dispatch)
{
	return dispatch->running;
}

size_t dispatch_hosts(const struct dispatch *dispatch)
{
	return dispatch->hosts.count;
}

void dispatch_set_open(struct dispatch *dispatch, bool is_open)
{
	bool was_open = dispatch->is_open;

	dispatch->is_open = is_open;
	if (is_open && !was_open)
		pump_soon(dispatch);
}

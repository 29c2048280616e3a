package server

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"

	"mintmark/engine"
	"mintmark/engine/store"
)

// metrics counts what the server does. What the way of a scan needs is looked
// up once, here, and costs it a few atomic additions.
type metrics struct {
	handler  fasthttp.RequestHandler
	requests *prometheus.CounterVec
	stampOK  prometheus.Counter // requests of the stamp route with status 200
	verdicts [store.NumVerdicts][store.NumKinds]prometheus.Counter
	latency  prometheus.Histogram
	refused  prometheus.Counter
}

const stampRoute = "stamp"

func newMetrics(s *Server) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mintmark_http_requests_total",
			Help: "HTTP requests by route and status."}, []string{"route", "status"}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "mintmark_verify_seconds",
			Help:    "Time from the handler's start of a scan to its durable verdict.",
			Buckets: prometheus.ExponentialBuckets(0.00025, 2, 14)}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{Name: "mintmark_guesses_refused_total",
			Help: "Scans answered 429 because too many codes from their network were bad."}),
	}
	m.stampOK = m.requests.WithLabelValues(stampRoute, "200")
	verdicts := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mintmark_verdicts_total",
		Help: "Verdicts by kind of scan; unknown is what forged codes get."}, []string{"verdict", "kind"})
	for v := range m.verdicts {
		for k := range m.verdicts[v] {
			m.verdicts[v][k] = verdicts.WithLabelValues(store.Verdict(v).String(), store.ScanKind(k).String())
		}
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.requests, m.latency, m.refused, verdicts, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reg.MustRegister(engineMetrics(s.engine)...)
	reg.MustRegister(buildInfo(s.cfg.Version))
	m.handler = fasthttpadaptor.NewFastHTTPHandler(promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	return m
}

// engineMetrics read the engine when they are asked.
func engineMetrics(e *engine.Engine) []prometheus.Collector {
	gauge := func(name, help string, of func(engine.Stats) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mintmark_" + name, Help: help}, func() float64 { return of(e.Stats()) })
	}
	counter := func(name, help string, of func(engine.Stats) float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "mintmark_" + name, Help: help}, func() float64 { return of(e.Stats()) })
	}
	return []prometheus.Collector{
		counter("scan_groups_total", "Durable writes of the scan log.", func(s engine.Stats) float64 { return float64(s.Scans.Groups) }),
		counter("scan_events_total", "Scans in those writes; events by groups is the mean group.", func(s engine.Stats) float64 { return float64(s.Scans.Events) }),
		gauge("scan_queue", "Scans that wait for a write.", func(s engine.Stats) float64 { return float64(s.Scans.Queued) }),
		gauge("batches", "Batches.", func(s engine.Stats) float64 { return float64(s.Batches) }),
		gauge("minting_jobs", "Batches being minted or waiting for it.", func(s engine.Stats) float64 { return float64(s.Minting) }),
		gauge("change_head", "Number of the newest change.", func(s engine.Stats) float64 { return float64(s.Head) }),
		gauge("disk_free_bytes", "Free disk of the data directory, negative if unknown.", func(s engine.Stats) float64 { return float64(s.Free) }),
		gauge("degraded", "1 when only a restart helps.", func(s engine.Stats) float64 { return oneIf(s.Degraded) }),
		gauge("store_away", "1 while a shared database cannot be reached.", func(s engine.Stats) float64 { return oneIf(s.Away) }),
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func buildInfo(version string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mintmark_build_info", Help: "Always 1.",
		ConstLabels: prometheus.Labels{"version": version}}, func() float64 { return 1 })
}

// request counts a request of the table's routes.
func (m *metrics) request(route string, ctx *fasthttp.RequestCtx) {
	m.requests.WithLabelValues(route, strconv.Itoa(ctx.Response.StatusCode())).Inc()
}

// stamp counts a request of a stamp's address.
func (m *metrics) stamp(ctx *fasthttp.RequestCtx) {
	switch ctx.Response.StatusCode() {
	case fasthttp.StatusOK:
		m.stampOK.Inc()
	case fasthttp.StatusTooManyRequests:
		m.refused.Inc()
		m.request(stampRoute, ctx)
	default:
		m.request(stampRoute, ctx)
	}
}

// judged counts a verdict.
func (m *metrics) judged(c *engine.Check) { m.verdicts[c.Verdict][c.Event.Kind].Inc() }

// verified counts a scan and how long it took.
func (m *metrics) verified(v *visit, took time.Duration) {
	m.judged(&v.check)
	m.latency.Observe(took.Seconds())
}

// showMetrics answers in the text format of Prometheus.
func (s *Server) showMetrics(ctx *fasthttp.RequestCtx, _ engine.Token) error {
	s.metrics.handler(ctx)
	return nil
}

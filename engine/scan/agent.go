package scan

import (
	"bytes"
	"sync"
)

// Agent is the class of a user agent: enough to see who scans, too little to
// tell one phone from another.
type Agent uint8

// The classes.
const (
	NoAgent Agent = iota // the header was missing
	Android
	IOS
	Desktop
	Library // curl, HTTP libraries: ordinary clients
	Other
	LinkPreview // a messenger fetching a link to show it: never a scan
	Crawler     // a search engine or the like: never a scan
	numAgents
)

var agentNames = [numAgents]string{"none", "android", "ios", "desktop", "library", "other", "preview", "crawler"}

// String returns the class as the API spells it.
func (a Agent) String() string {
	if a < numAgents {
		return agentNames[a]
	}
	return "other"
}

// Automatic reports whether the agent fetches links by itself.
func (a Agent) Automatic() bool { return a == LinkPreview || a == Crawler }

// agentWords is looked through in order; the words are in lower case. Only
// programs that name themselves are told apart from people: an unnamed robot
// is an ordinary client. A word must not stand in the name of a browser or of an
// app that shows pages to people (coc_coc_browser, SogouMobileBrowser, FBAN).
var agentWords = []struct {
	class Agent
	words []string
}{
	{LinkPreview, []string{"facebookexternalhit", "facebookcatalog", "facebot", "meta-externalfetcher", "whatsapp/", "telegrambot", "twitterbot",
		"slackbot", "slack-imgproxy", "linkedinbot", "discordbot", "skypeuripreview", "pinterestbot", "redditbot",
		"zalobot", "zalo-preview", "zalolinkpreview", "viberbot", "line-poker", "kakaotalk-scrap", "snap url preview", "microsoftpreview", "iframely", "embedly"}},
	{Crawler, []string{"googlebot", "google-inspectiontool", "googleother", "adsbot-google", "mediapartners-google", "feedfetcher-google", "bingbot", "bingpreview",
		"coccocbot", "yandexbot", "baiduspider", "duckduckbot", "applebot", "petalbot", "bytespider", "amazonbot", "gptbot", "oai-searchbot",
		"claudebot", "ccbot", "perplexitybot", "meta-externalagent", "ahrefsbot", "semrushbot", "mj12bot", "dotbot", "sogou web spider", "sogou inst spider", "seznambot", "ia_archiver", "archive.org_bot"}},
	{Library, []string{"curl/", "wget/", "python", "go-http-client", "fasthttp", "okhttp", "java/", "libwww", "axios", "node-fetch", "postmanruntime", "httpie", "dart/"}},
	{Android, []string{"android"}},
	{IOS, []string{"iphone", "ipad", "ipod", "cfnetwork"}},
	{Desktop, []string{"windows nt", "macintosh", "x11;", "cros "}},
}

// Classify returns the class of a user-agent header. It looks at its first
// 256 bytes.
func Classify(ua []byte) Agent {
	if len(ua) == 0 {
		return NoAgent
	}
	ua = ua[:min(len(ua), maxAgent)]
	agents.RLock()
	class, known := agents.seen[string(ua)]
	agents.RUnlock()
	if known {
		return class
	}
	class = classify(bytes.ToLower(ua))
	agents.Lock()
	defer agents.Unlock()
	if len(agents.seen) >= maxSeen {
		clear(agents.seen)
	}
	agents.seen[string(ua)] = class
	return class
}

func classify(lower []byte) Agent {
	for _, c := range agentWords {
		for _, w := range c.words {
			if bytes.Contains(lower, []byte(w)) {
				return c.class
			}
		}
	}
	return Other
}

// maxSeen bounds the user agents remembered: phones of one kind send the same.
const maxSeen = 4096

var agents = struct {
	sync.RWMutex
	seen map[string]Agent
}{seen: map[string]Agent{}}

package scan

import (
	"bytes"
	"fmt"
	"testing"
)

func TestClassify(t *testing.T) {
	const (
		android = "Mozilla/5.0 (Linux; Android 13; SM-A146P Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36"
		iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
		windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
	)
	for _, c := range []struct {
		ua   string
		want Agent
	}{
		{"", NoAgent},
		{android, Android},
		{iphone, IOS},
		{"Mozilla/5.0 (iPad; CPU OS 15_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.5 Mobile/15E148 Safari/604.1", IOS},
		{windows + " Chrome/120.0.0.0 Safari/537.36", Desktop},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15", Desktop},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36", Desktop},
		// Pages shown inside an app are seen by people.
		{android + " [FB_IAB/FB4A;FBAV/435.0.0.42.112;]", Android},
		{iphone + " [FBAN/FBIOS;FBDV/iPhone12,1;FBMD/iPhone;FBSN/iOS;FBSV/16.6;FBSS/2;FBID/phone;FBLC/vi_VN;FBOP/5]", IOS},
		{android + " Zalo android/12080638 ZaloTheme/light ZaloLanguage/vi", Android},
		{iphone + " Zalo iOS/498 ZaloTheme/light ZaloLanguage/vn", IOS},
		{android + " Viber/20.8.0.3", Android},
		{iphone + " Instagram 302.0.0.23.113", IOS},
		{android + " musical_ly_2023105030 BytedanceWebview/d8a21c6", Android},
		{android + " Line/13.18.1/IAB", Android},
		{iphone + " [Pinterest/iOS]", IOS},
		{iphone + " DuckDuckGo/7 Safari/605.1.15", IOS},
		// Browsers named like a crawler of the same company.
		{windows + " coc_coc_browser/117.0.0 Chrome/111.0.0.0 Safari/537.36", Desktop},
		{android + " SogouMSE,SogouMobileBrowser/5.22.8", Android},
		{android + " baiduboxapp/13.10.0.10", Android},
		{"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", LinkPreview},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", LinkPreview},
		{"WhatsApp/2.23.18.78 A", LinkPreview},
		{"TelegramBot (like TwitterBot)", LinkPreview},
		{"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", LinkPreview},
		{"Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", LinkPreview},
		{"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Crawler},
		{"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", Crawler},
		{"Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)", Crawler},
		{"Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", Crawler},
		{"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", Crawler},
		{"curl/8.4.0", Library},
		{"Wget/1.21.4", Library},
		{"python-requests/2.31.0", Library},
		{"Go-http-client/1.1", Library},
		{"okhttp/4.11.0", Library},
		{"Dart/3.1 (dart:io)", Library},
		{"Nokia6300/2.0 (05.50) Profile/MIDP-2.0", Other},
		{"\xff\xfe\x00", Other},
	} {
		for range 2 { // the second answer is remembered
			if got := Classify([]byte(c.ua)); got != c.want {
				t.Errorf("%q is %v, want %v", c.ua, got, c.want)
			}
		}
	}
}

func TestAutomatic(t *testing.T) {
	for a := range numAgents {
		if got, want := a.Automatic(), a == LinkPreview || a == Crawler; got != want {
			t.Errorf("%v: automatic is %v", a, got)
		}
	}
	if s := numAgents.String(); s != "other" {
		t.Errorf("a class of a later program is %q", s)
	}
}

// TestAgentCacheIsBounded sends more user agents than are remembered, and one
// that is far too long.
func TestAgentCacheIsBounded(t *testing.T) {
	for i := range 3 * maxSeen {
		if got := Classify(fmt.Appendf(nil, "curl/8.%d", i)); got != Library {
			t.Fatalf("curl 8.%d is %v", i, got)
		}
	}
	long := append(bytes.Repeat([]byte("x"), maxAgent), "Googlebot"...)
	if got := Classify(long); got != Other {
		t.Errorf("what follows the first %d bytes counts: %v", maxAgent, got)
	}
	agents.RLock()
	defer agents.RUnlock()
	if len(agents.seen) > maxSeen {
		t.Errorf("%d user agents are remembered, want at most %d", len(agents.seen), maxSeen)
	}
	for ua := range agents.seen {
		if len(ua) > maxAgent {
			t.Fatalf("a user agent of %d bytes is remembered", len(ua))
		}
	}
}

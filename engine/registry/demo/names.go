package demo

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The marks that names carry.
const (
	markVI = " (minh hoạ)"
	markEN = " (demonstration)"
)

// provinceVI is where everything is.
const provinceVI = "tỉnh minh hoạ"

// places are made-up communes.
var places = strings.Split("Cồn Nắng,Giồng Sen,Rạch Bần,Vàm Tôm,Cồn Trái,Bến Lúa,Giồng Cát,Láng Sen,"+
	"Cồn Phù Sa,Vàm Dừa,Bãi Nắng,Kinh Mới,Bến Cát Trắng,Đồng Muối Nhỏ,Giồng Mới,Cái Dừa,Rạch Hoa,Bàu Súng,Sóc Lúa,"+
	"Xóm Bánh,Rạch Dừa,Giồng Ngang,Cồn Ngao,Bãi Bần,Xóm Lác,Gò Xoài,Vườn Sành,Rạch Bưởi,Đất Giồng,Bến Dừa,"+
	"Xóm Nếp,Cồn Bàng,Kinh Ba,Ruộng Sen,Mương Đào,Láng Tròn,Xóm Cốm,Bờ Đắp,Vàm Mới,Ngã Tư Sông,Đầu Giồng,"+
	"Cây Bàng,Rạch Rô,Xóm Chài,Cầu Dừa,Hương Lúa,Giồng Mít,Bàu Tràm,Cồn Gáo,"+
	"Bãi Đước,Cái Lá,Cồn Sậy,Đìa Sen,Giồng Trâm,Kinh Xáng Nhỏ,Láng Nước,Mũi Cồn,Rạch Lá,Vàm Cỏ Non,Xẻo Dừa", ",")

// ascii spells Vietnamese without accents.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}

// host returns a made-up host for a name.
func host(name string) string {
	return strings.ReplaceAll(strings.ToLower(ascii(name)), " ", "-") + ".example"
}

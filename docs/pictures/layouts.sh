#!/usr/bin/env bash
# Makes the pictures of docs/printing.md with bin/mintmark: layouts.png, the first
# sheet of every built-in layout (of rolls, the first rows), and label.png, one
# label close up. The stamps are of a site that is thrown away, so symbols and
# serials differ from run to run; all else is the same.
#
# Needs poppler-utils, imagemagick and fonts-dejavu-core.
set -euo pipefail
cd "$(dirname "$0")/../.."
mintmark=$PWD/bin/mintmark out=$PWD/docs/pictures
font=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
export LC_ALL=C.UTF-8
unset MINTMARK_STORE MINTMARK_PASSPHRASE_FILE

for program in pdftoppm convert montage; do
  command -v "$program" >/dev/null || { echo "layouts.sh: no $program; apt-get install poppler-utils imagemagick" >&2; exit 1; }
done
[ -f "$font" ] || { echo "layouts.sh: no $font; apt-get install fonts-dejavu-core" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > logo.svg <<'SVG'
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
  <circle cx="50" cy="50" r="48" fill="#1f6f3a"/>
  <path fill="#fff" d="M50 16C70 32 74 54 50 78C26 54 30 32 50 16Z"/>
  <path fill="#1f6f3a" d="M48.5 34h3v36h-3z"/>
</svg>
SVG

"$mintmark" init --data site --base-url https://tem.example.vn >/dev/null
batch=$("$mintmark" mint --data site --json --count 100 --product 'Chè shan tuyết cổ thụ' \
  --producer 'Hợp tác xã Bản Chè' --lot CT-0726 2>/dev/null | sed -n 's/.*"batch": *"\([^"]*\)".*/\1/p')

# pdf writes the labels on a layout to LAYOUT.pdf.
pdf() {
  "$mintmark" export "$batch" --data site --format pdf --layout "$1" --stars 4 --logo logo.svg -o "$1.pdf" >/dev/null 2>"$1.log" ||
    { cat "$1.log" >&2; exit 1; }
}

# finish writes a picture with few colours and without times.
finish() {
  convert "$1" -white-threshold 97% -dither None -colors "$2" -strip \
    -define png:exclude-chunks=date,time -define png:compression-level=9 "$3"
}

# Small pictures, all of one width; a roll shows four of its rows.
tiles=()
while read -r name; do
  pdf "$name"
  pages=1
  case $name in roll-*) pages=4 ;; esac
  pdftoppm -gray -png -l "$pages" -scale-to-x 176 -scale-to-y -1 "$name.pdf" "page-$name"
  convert "page-$name"-*.png -append -bordercolor '#999' -border 1 -set label "$name" "tile-$name.png"
  tiles+=("tile-$name.png")
done < <("$mintmark" layouts --data site --json | sed -n 's/^ *"name": "\(.*\)",*$/\1/p')
montage "${tiles[@]}" -font "$font" -pointsize 13 -tile 5x -geometry '178x252>+10+8' -background '#eee' sheet.miff
finish sheet.miff 12 layouts.png

pdftoppm -png -r 300 -singlefile -x 0 -y 0 -W 827 -H 437 a4-24.pdf one
convert one.png -bordercolor '#999' -border 1 one.miff
finish one.miff 32 label.png
mv layouts.png label.png "$out"

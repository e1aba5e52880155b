#!/bin/sh
# `docker run IMAGE script.js` and `docker run IMAGE -e …` mean node, as in the image this stands in for.
set -e
case "${1:-}" in
  -* | '') set -- node "$@" ;;
  *) if ! command -v "$1" > /dev/null || { [ -f "$1" ] && ! [ -x "$1" ]; }; then set -- node "$@"; fi ;;
esac
exec "$@"

// A registry in memory whose repositories below "locked/" never move or delete a tag: a stand-in
// for hosted registries with immutable tags, with a compare-and-set that no race gets past. All
// other repositories are as usual. It has the referrers API.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"strings"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
	"github.com/gorilla/handlers"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:5000", "the address to listen on")
	flag.Parse()

	movable := ociserver.New(ocimem.New(), nil)
	locked := ociserver.New(ocimem.NewWithConfig(&ocimem.Config{ImmutableTags: true}), nil)
	byRepository := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v2/locked/") {
			locked.ServeHTTP(w, r)
		} else {
			movable.ServeHTTP(w, r)
		}
	})
	log.Fatal(http.ListenAndServe(*listen, handlers.CombinedLoggingHandler(os.Stdout, byRepository)))
}

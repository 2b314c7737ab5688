package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/cilium/hive/cell"
	"github.com/osrg/gobgp/v3/pkg/packet/bgp"
	"github.com/spf13/cobra"

	"github.com/cilium/cilium/api/v1/models"
	restapi "github.com/cilium/cilium/api/v1/server/restapi/bgp"
	"github.com/cilium/cilium/pkg/bgp/agent"
	"github.com/cilium/cilium/pkg/bgp/api"
)

// A path that the agent announces to a peer. Attributes are in GoBGP's own JSON.
type announced struct {
	LocalASN   int64                        `json:"local-asn"`
	Peer       string                       `json:"peer-address"`
	Prefix     string                       `json:"prefix"`
	Attributes []bgp.PathAttributeInterface `json:"attrs"`
}

// Answers on a socket of the node alone what `cilium-dbg bgp` asks the real agent: its peers in the same JSON, and the
// routes decoded.
func answer(lc cell.Lifecycle, s settings, controller *agent.Controller) {
	mux := http.NewServeMux()
	mux.HandleFunc("/peers", func(w http.ResponseWriter, r *http.Request) {
		peers, err := controller.BGPMgr.GetPeers(r.Context())
		if peers == nil {
			peers = []*models.BgpPeer{}
		}
		write(w, peers, err)
	})
	mux.HandleFunc("/routes", func(w http.ResponseWriter, r *http.Request) {
		routes, err := announcements(r.Context(), controller.BGPMgr)
		write(w, routes, err)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	lc.Append(cell.Hook{
		OnStart: func(cell.HookContext) error {
			if err := os.MkdirAll(filepath.Dir(s.Socket), 0o755); err != nil {
				return err
			}
			// One that a killed agent left.
			if err := os.Remove(s.Socket); err != nil && !os.IsNotExist(err) {
				return err
			}
			listener, err := net.Listen("unix", s.Socket)
			if err != nil {
				return err
			}
			go func() { _ = server.Serve(listener) }()
			return nil
		},
		OnStop: func(ctx cell.HookContext) error { return server.Shutdown(ctx) },
	})
}

func write(w http.ResponseWriter, value any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// What is announced to each peer, after the export policies: GoBGP knows it while the session is established.
func announcements(ctx context.Context, manager agent.BGPRouterManager) ([]announced, error) {
	found := []announced{}
	peers, err := manager.GetPeers(ctx)
	if err != nil {
		return nil, err
	}
	for _, peer := range peers {
		if peer.SessionState != "established" {
			continue
		}
		for _, family := range peer.Families {
			if family.Afi != "ipv4" && family.Afi != "ipv6" || family.Safi != "unicast" {
				continue
			}
			routes, err := manager.GetRoutes(ctx, restapi.GetBgpRoutesParams{
				TableType: "adj-rib-out", Afi: family.Afi, Safi: family.Safi, Neighbor: &peer.PeerAddress, RouterAsn: &peer.LocalAsn,
			})
			if err != nil {
				return nil, err
			}
			for _, route := range routes {
				for _, path := range route.Paths {
					decoded, err := api.ToAgentPath(path)
					if err != nil {
						return nil, err
					}
					found = append(found, announced{peer.LocalAsn, peer.PeerAddress, route.Prefix, decoded.PathAttributes})
				}
			}
		}
	}
	return found, nil
}

// A command that prints an answer of the agent.
func asking(what, short string) *cobra.Command {
	c := &cobra.Command{Use: what, Short: short, Args: cobra.NoArgs}
	socket := c.Flags().String("socket", usual.Socket, "where the agent answers")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", *socket)
			},
		}}
		response, err := client.Get("http://agent/" + what)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("the agent answers %s: %s", response.Status, body)
		}
		_, err = cmd.OutOrStdout().Write(body)
		return err
	}
	return c
}

// Command tlogcheck checks an exported log (c2sp.org/tlog-tiles) with the code of Go's checksum
// database, which shares nothing with ours: signature, root from tiles, every entry, an older
// checkpoint, and an inclusion proof for each entry.
//
//	tlogcheck FOLDER OLDER-CHECKPOINT
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// width is the number of hashes in a whole tile.
const width = 256

func main() {
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func check(folder, olderFile string) error {
	key, err := os.ReadFile(filepath.Join(folder, "verifier_key"))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	older, err := openCheckpoint(olderFile, verifier)
	if err != nil {
		return err
	}
	fmt.Printf("signatures of %s: sizes %d and %d\n", verifier.Name(), older.N, tree.N)

	reader := tlog.TileHashReader(tree, &folderTiles{folder: folder, cache: map[string][]byte{}})
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return err
	}
	fmt.Printf("consistency: %d hashes from %d to %d\n", len(proof), older.N, tree.N)

	hashes, err := entryHashes(folder, tree.N)
	if err != nil {
		return err
	}
	for index, hash := range hashes {
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), hash); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	fmt.Printf("inclusion: %d entries\n", len(hashes))
	return nil
}

func openCheckpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 3 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("checkpoint of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("malformed root")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// folderTiles reads tiles by the names of c2sp.org/tlog-tiles, which leave out the height.
type folderTiles struct {
	folder string
	cache  map[string][]byte
}

func (tiles *folderTiles) Height() int { return 8 }

func (tiles *folderTiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, known := tiles.cache[path]
		if !known {
			var err error
			if data, err = os.ReadFile(filepath.Join(tiles.folder, path)); err != nil {
				return nil, err
			}
			tiles.cache[path] = data
		}
		found = append(found, data)
	}
	return found, nil
}

func (tiles *folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// entryHashes hashes the entries of every bundle; each stands behind its length in two bytes.
func entryHashes(folder string, size int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for first := int64(0); first < size; first += width {
		tile := tlog.Tile{H: 8, L: 0, N: first / width, W: int(min(width, size-first))}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return nil, err
		}
		for len(data) >= 2 {
			length := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+length {
				break
			}
			hashes = append(hashes, tlog.RecordHash(data[2:2+length]))
			data = data[2+length:]
		}
		if len(data) > 0 || int64(len(hashes)) != min(first+width, size) {
			return nil, fmt.Errorf("malformed bundle %s", path)
		}
	}
	return hashes, nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

//go:build ignore

// Writes shapes.json: the fields of every built-in kind of the Kubernetes API as its Go types have them, with what the
// JSON schema of an API server does not say (which empty values are left out, which are quantities, times or bytes).
//
//	GOFLAGS=-mod=mod go mod init shapes && go get k8s.io/client-go@v0.36.2 && go run generate.go > shapes.json
//
// A field is written as flags and a type: "o" left out when empty, "*" a pointer, "[" a list of, "{" a map of, then a
// number (the struct of that number) or s string, b boolean, i integer, f float, y bytes, a anything, q quantity,
// p integer or percentage (IntOrString), t time, u time with microseconds, d duration.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

var leaves = map[reflect.Type]string{
	reflect.TypeOf(resource.Quantity{}):    "q",
	reflect.TypeOf(intstr.IntOrString{}):   "p",
	reflect.TypeOf(metav1.Time{}):          "t",
	reflect.TypeOf(metav1.MicroTime{}):     "u",
	reflect.TypeOf(metav1.Duration{}):      "d",
	reflect.TypeOf(metav1.FieldsV1{}):      "a",
	reflect.TypeOf(runtime.RawExtension{}): "a",
}

var structs []map[string]string
var numbers = map[reflect.Type]int{}

func shape(t reflect.Type) string {
	if leaf, ok := leaves[t]; ok {
		return leaf
	}
	if _, ok := reflect.PointerTo(t).MethodByName("MarshalJSON"); ok {
		fmt.Fprintln(os.Stderr, "custom JSON:", t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + shape(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + shape(t.Elem())
	case reflect.Map:
		return "{" + shape(t.Elem())
	case reflect.Struct:
		return fmt.Sprint(number(t))
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "i"
	case reflect.Float32, reflect.Float64:
		return "f"
	case reflect.Interface:
		return "a"
	}
	panic(t)
}

func number(t reflect.Type) int {
	if n, ok := numbers[t]; ok {
		return n
	}
	n := len(structs)
	numbers[t] = n
	structs = append(structs, map[string]string{})
	fields(t, structs[n])
	return n
}

func fields(t reflect.Type, into map[string]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" && (f.Anonymous || strings.Contains(options, "inline")) {
			fields(f.Type, into)
			continue
		}
		flags := ""
		if strings.Contains(options, "omitempty") && (f.Type.Kind() != reflect.Struct) {
			flags = "o"
		}
		into[name] = flags + shape(f.Type)
	}
}

func main() {
	kinds := map[string]int{}
	known := scheme.Scheme.AllKnownTypes()
	names := []string{}
	types := map[string]reflect.Type{}
	for gvk, t := range known {
		if _, ok := reflect.New(t).Interface().(metav1.Object); !ok || gvk.Version == runtime.APIVersionInternal {
			continue
		}
		name := gvk.GroupVersion().String() + "/" + gvk.Kind
		names = append(names, name)
		types[name] = t
	}
	sort.Strings(names)
	for _, name := range names {
		kinds[name] = number(types[name])
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"kinds": kinds, "structs": structs})
}

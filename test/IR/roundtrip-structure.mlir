// RUN: bridge-opt %s | bridge-opt | FileCheck %s
// RUN: bridge-opt -mlir-print-op-generic %s | bridge-opt | FileCheck %s

// CHECK: module attributes {bridge.ignore = ["*.position_ids"], bridge.model = "Clip"}
module attributes {bridge.model = "Clip", bridge.ignore = ["*.position_ids"]} {
  // CHECK: bridge.weight @visual_projection.weight frozen : tensor<512x768xf32> from [#bridge.source<"visual_projection.weight">, #bridge.source<"visual.proj", ".T">]
  bridge.weight @visual_projection.weight frozen : tensor<512x768xf32>
    from [#bridge.source<"visual_projection.weight">, #bridge.source<"visual.proj", ".T">]
  // CHECK: bridge.weight @logit_scale : tensor<f32> from [#bridge.source<"logit_scale">] init 2.659200e+00
  bridge.weight @logit_scale : tensor<f32> from [#bridge.source<"logit_scale">] init 2.6592

  // CHECK: func.func private @Layer
  func.func private @Layer(%x: tensor<?x768xf32, #bridge.dims<"images">>, %w: tensor<512x768xf32> {bridge.name = "weight"})
      -> tensor<?x512xf32, #bridge.dims<"images">> {
    %y = bridge.linear %x, %w : tensor<?x768xf32, #bridge.dims<"images">>, tensor<512x768xf32> -> tensor<?x512xf32, #bridge.dims<"images">>
    return %y : tensor<?x512xf32, #bridge.dims<"images">>
  }

  // CHECK: func.func @encode_image
  func.func @encode_image(%x: tensor<?x768xf32, #bridge.dims<"images">> {bridge.name = "x"})
      -> (tensor<?x512xf32, #bridge.dims<"images">> {bridge.name = "y"}) attributes {bridge.entry} {
    // CHECK: bridge.check "images" le "4 * texts" text "images <= 4 * texts" where "clip.bridge:10:9"
    bridge.check "images" le "4 * texts" text "images <= 4 * texts" where "clip.bridge:10:9"
    // CHECK: bridge.encoder "vision_model" frozen {
    %y = bridge.encoder "vision_model" frozen {
      // CHECK: bridge.read_weight @visual_projection.weight : tensor<512x768xf32>
      %w = bridge.read_weight @visual_projection.weight : tensor<512x768xf32>
      // CHECK: bridge.call @Layer(%{{.*}}, %{{.*}}) : (tensor<?x768xf32, #bridge.dims<"images">>, tensor<512x768xf32>) -> tensor<?x512xf32, #bridge.dims<"images">>
      %z = bridge.call @Layer(%x, %w) : (tensor<?x768xf32, #bridge.dims<"images">>, tensor<512x768xf32>) -> tensor<?x512xf32, #bridge.dims<"images">>
      // CHECK: bridge.yield %{{.*}} : tensor<?x512xf32, #bridge.dims<"images">>
      bridge.yield %z : tensor<?x512xf32, #bridge.dims<"images">>
      // CHECK: } : tensor<?x512xf32, #bridge.dims<"images">>
    } : tensor<?x512xf32, #bridge.dims<"images">>
    // CHECK: bridge.resampler "a"
    %1 = bridge.resampler "a" { bridge.yield %x : tensor<?x768xf32, #bridge.dims<"images">> } : tensor<?x768xf32, #bridge.dims<"images">>
    // CHECK: bridge.gated_fusion "b"
    %2 = bridge.gated_fusion "b" { bridge.yield %x : tensor<?x768xf32, #bridge.dims<"images">> } : tensor<?x768xf32, #bridge.dims<"images">>
    // CHECK: bridge.projection "c"
    %3 = bridge.projection "c" { bridge.yield %x : tensor<?x768xf32, #bridge.dims<"images">> } : tensor<?x768xf32, #bridge.dims<"images">>
    // CHECK: bridge.decoder "d"
    %4 = bridge.decoder "d" { bridge.yield %x : tensor<?x768xf32, #bridge.dims<"images">> } : tensor<?x768xf32, #bridge.dims<"images">>
    return %y : tensor<?x512xf32, #bridge.dims<"images">>
  }
}

// The symmetric contrastive loss, with the weights' names of test/Goldens/contrastive_loss.
module attributes {bridge.model = "ContrastiveLoss"} {
  bridge.weight @temperature : tensor<f32> from [#bridge.source<"temperature">] init 0.07

  func.func private @normalize(%x: tensor<?x?xf32, #bridge.dims<"images", "width">>)
      -> tensor<?x?xf32, #bridge.dims<"images", "width">> {
    %n = bridge.l2_normalize %x eps 0.0
        : tensor<?x?xf32, #bridge.dims<"images", "width">> -> tensor<?x?xf32, #bridge.dims<"images", "width">>
    return %n : tensor<?x?xf32, #bridge.dims<"images", "width">>
  }

  func.func private @logits(%image: tensor<?x?xf32, #bridge.dims<"images", "width">>,
                            %text: tensor<?x?xf32, #bridge.dims<"images", "width">>, %temperature: tensor<f32>)
      -> tensor<?x?xf32, #bridge.dims<"images", "images">> {
    %i = bridge.call @normalize(%image) : (tensor<?x?xf32, #bridge.dims<"images", "width">>) -> tensor<?x?xf32, #bridge.dims<"images", "width">>
    %t = bridge.call @normalize(%text) : (tensor<?x?xf32, #bridge.dims<"images", "width">>) -> tensor<?x?xf32, #bridge.dims<"images", "width">>
    %p = bridge.linear %i, %t : tensor<?x?xf32, #bridge.dims<"images", "width">>, tensor<?x?xf32, #bridge.dims<"images", "width">>
        -> tensor<?x?xf32, #bridge.dims<"images", "images">>
    %l = bridge.binary div %p, %temperature : tensor<?x?xf32, #bridge.dims<"images", "images">>, tensor<f32>
        -> tensor<?x?xf32, #bridge.dims<"images", "images">>
    return %l : tensor<?x?xf32, #bridge.dims<"images", "images">>
  }

  func.func @similarity(%image: tensor<?x?xf32, #bridge.dims<"images", "width">> {bridge.name = "image_embeddings"},
                        %text: tensor<?x?xf32, #bridge.dims<"images", "width">> {bridge.name = "text_embeddings"})
      -> (tensor<?x?xf32, #bridge.dims<"images", "images">> {bridge.name = "logits"}) attributes {bridge.entry} {
    %w = bridge.read_weight @temperature : tensor<f32>
    %l = bridge.call @logits(%image, %text, %w) : (tensor<?x?xf32, #bridge.dims<"images", "width">>,
        tensor<?x?xf32, #bridge.dims<"images", "width">>, tensor<f32>) -> tensor<?x?xf32, #bridge.dims<"images", "images">>
    return %l : tensor<?x?xf32, #bridge.dims<"images", "images">>
  }

  func.func @loss(%image: tensor<?x?xf32, #bridge.dims<"images", "width">> {bridge.name = "image_embeddings"},
                  %text: tensor<?x?xf32, #bridge.dims<"images", "width">> {bridge.name = "text_embeddings"})
      -> (tensor<f32> {bridge.name = "loss"}) attributes {bridge.entry} {
    bridge.check "images" ge "2" text "images >= 2" where "loss.bridge:3:9"
    %w = bridge.read_weight @temperature : tensor<f32>
    %l = bridge.call @logits(%image, %text, %w) : (tensor<?x?xf32, #bridge.dims<"images", "width">>,
        tensor<?x?xf32, #bridge.dims<"images", "width">>, tensor<f32>) -> tensor<?x?xf32, #bridge.dims<"images", "images">>
    %labels = bridge.iota : tensor<?xi32, #bridge.dims<"images">>
    %columns = bridge.transpose %l [1, 0] : tensor<?x?xf32, #bridge.dims<"images", "images">> -> tensor<?x?xf32, #bridge.dims<"images", "images">>
    %a = bridge.cross_entropy %l, %labels : tensor<?x?xf32, #bridge.dims<"images", "images">>, tensor<?xi32, #bridge.dims<"images">> -> tensor<f32>
    %b = bridge.cross_entropy %columns, %labels : tensor<?x?xf32, #bridge.dims<"images", "images">>, tensor<?xi32, #bridge.dims<"images">> -> tensor<f32>
    %sum = bridge.binary add %a, %b : tensor<f32>, tensor<f32> -> tensor<f32>
    %half = bridge.constant dense<0.5> : tensor<f32> -> tensor<f32>
    %r = bridge.binary mul %sum, %half : tensor<f32>, tensor<f32> -> tensor<f32>
    return %r : tensor<f32>
  }
}
